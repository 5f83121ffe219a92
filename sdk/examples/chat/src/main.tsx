import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { useAuth } from "@luge/client/react";
import { Chat } from "./Chat";
import { db } from "./luge";
import { SignIn } from "./SignIn";

function App() {
  const { record } = useAuth(db);
  return record === null ? <SignIn /> : <Chat me={record.id} name={record.name} />;
}

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
