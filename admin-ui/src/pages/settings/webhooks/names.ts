/** What a webhook is called where it has no name of its own. */
export function nameOf({ name, url }: { name: string; url: string }): string {
  return name === "" ? url : name;
}
