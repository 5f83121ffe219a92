import { join, type Channel, type Member } from "@luge/client/channels";
import { useLive, useMutation } from "@luge/client/react";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { db } from "./luge";

interface Presence {
  name: string;
}

const TYPING_MS = 2_000;
/** The newest, of which the list is read backwards. */
const latest = db.from("messages").expand("author").orderBy("-created");

export function Chat({ me, name }: { me: string; name: string }) {
  const { items, state, error } = useLive(latest, { perPage: 50 });
  const { members, typing, tell } = useRoom("chat-lobby", name);
  const sending = useMutation((text: string) => db.from("messages").create({ text, author: me }));
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const outcome = await sending.run(`${new FormData(form).get("text")}`);
    // A message that was refused stays, to be mended.
    if (!outcome.error) form.reset();
  };
  const problem = error ?? sending.error;
  return (
    <>
      <h1>Chat</h1>
      <p>
        <span id="state">{state === "stale" ? "No connection" : ""}</span>{" "}
        <button onClick={() => void db.signOut()}>Leave</button>
      </p>
      <ul aria-label="Who is here">
        {members.map((member) => (
          <li key={member.id}>{member.state.name}</li>
        ))}
      </ul>
      <ol aria-label="Messages">
        {items.toReversed().map(({ id, text, expand }) => (
          <li key={id}>
            <strong>{expand?.author?.name}</strong> {text}
          </li>
        ))}
      </ol>
      <p id="typing">{typing && `${typing} is typing`}</p>
      <form onSubmit={(event) => void send(event)}>
        <label>
          Message <input name="text" required maxLength={1000} autoComplete="off" onInput={tell} />
        </label>
        <button disabled={sending.pending}>Send</button>
      </form>
      {problem && <p role="alert">{problem.message}</p>}
    </>
  );
}

/** Who is there, and who types: nothing of it is stored. */
function useRoom(room: string, name: string) {
  const [members, setMembers] = useState<Member<Presence>[]>([]);
  const [typing, setTyping] = useState<string | null>(null);
  const channel = useRef<Channel<Presence> | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    let timer = 0;
    const joining = join<any, Presence>(db, room, {
      presence: { name },
      signal: leaving.signal,
      onMembers: setMembers,
      onMessage: ({ event, payload }) => {
        if (event !== "typing") return;
        setTyping(payload.name);
        clearTimeout(timer);
        timer = setTimeout(setTyping, TYPING_MS, null);
      },
    });
    joining.then(
      (joined) => (channel.current = joined),
      // The strict mode leaves once before it stays.
      (error) => db.isAborted(error) || console.error(error),
    );
    return () => {
      leaving.abort();
      channel.current = null;
      clearTimeout(timer);
    };
  }, [room, name]);
  const told = useRef(0);
  const tell = () => {
    if (Date.now() - told.current < TYPING_MS / 2) return;
    told.current = Date.now();
    // Whether somebody hears it does not matter.
    channel.current?.send("typing", { name }).catch(() => undefined);
  };
  return { members, typing, tell };
}
