import { useMutation } from "@luge/client/react";
import type { FormEvent } from "react";
import { db } from "./luge";

/** One form for both: who has no account yet gives a name, and gets one. */
export function SignIn() {
  const { run, pending, error } = useMutation(
    async (name: string, email: string, password: string) => {
      if (name !== "") {
        await db.from("users").create({ name, email, password, passwordConfirm: password });
      }
      return db.auth("users").password(email, password);
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, email, password] = ["name", "email", "password"].map((key) => `${form.get(key)}`);
    void run(name!, email!, password!);
  };
  const problems = Object.entries(error?.fields ?? {});
  return (
    <form onSubmit={submit}>
      <h1>Chat</h1>
      <label>
        Name, for a new account <input name="name" autoComplete="nickname" />
      </label>
      <label>
        E-mail address <input name="email" type="email" required autoComplete="email" />
      </label>
      <label>
        Password{" "}
        <input name="password" type="password" required autoComplete="current-password" />
      </label>
      <button disabled={pending}>Come in</button>
      {error && <p role="alert">{error.message}</p>}
      {problems.map(([field, { message }]) => (
        <p key={field} role="alert">
          {field}: {message}
        </p>
      ))}
    </form>
  );
}
