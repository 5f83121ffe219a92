/** Files as React Native has them: addresses of what lies on the phone, which its `fetch` reads. */

/** What pickers of React Native and Expo give. */
export interface NativeFile {
  uri: string;
  name: string;
  /** Its media type, such as `image/jpeg`. */
  type: string;
}

/** A body in which files of a phone stand for files. */
export type WithFiles<B> = {
  [F in keyof B]: B[F] extends NativeFile ? Blob : B[F] extends NativeFile[] ? Blob[] : B[F];
};

/**
 * A body for `create` and `update` with files of a phone:
 * `create(nativeBody({ title, cover: { uri, name, type } }))`. Only React Native can send it.
 */
export function nativeBody<B extends object>(body: B): WithFiles<B> {
  const form = new FormData();
  const plain: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    const files = [value].flat();
    if (files.length === 0 || !files.every(isNative)) plain[field] = value;
    // Its `FormData` takes what no browser's takes.
    else for (const file of files) form.append(field, file as unknown as Blob);
  }
  form.append("@jsonPayload", JSON.stringify(plain));
  return form as unknown as WithFiles<B>;
}

function isNative(value: unknown): value is NativeFile {
  const { uri, name, type } = (value ?? {}) as Partial<NativeFile>;
  return [uri, name, type].every((each) => typeof each === "string");
}
