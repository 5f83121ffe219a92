/** Rooms with members: messages are seen by them alone, as they are written. */
import { accounts, people, relation, text, times, turn } from "./parts.ts";
import { rowId, type Template } from "./template.ts";

const PEOPLE_ID = "template_chat_p";
const ROOMS = "template_chat_r";
const PEOPLE = 4;
const NAMES = ["General", "Release", "Lunch"];
const SAID = [
  "Good morning!", "Is the build green?", "Almost: one test is left.", "Who is for soup today?",
  "I am, at half past twelve.", "The notes are in the usual place.", "Thanks, I will read them.",
  "Can somebody look at the login page?", "On it.", "It was a missing index.",
  "That explains the delay.", "Shall we release today?", "Let us wait until tomorrow.",
  "Fine with me.", "The new photos are great.", "Back in ten minutes.", "Welcome, Dunja!",
  "Hello everybody.", "Somebody left an umbrella here.", "That is mine, thank you!",
];
const member = '@request.auth.id != "" && members.id ?= @request.auth.id';
const inRoom = '@request.auth.id != "" && room.members.id ?= @request.auth.id';

const template: Template = {
  collections: [
    people(PEOPLE_ID, "chat_people"),
    {
      id: ROOMS,
      name: "chat_rooms",
      type: "base",
      fields: [
        text("name", { required: true, presentable: true, max: 80 }),
        relation("members", PEOPLE_ID, { maxSelect: 500 }),
        ...times,
      ],
      indexes: ["CREATE UNIQUE INDEX `idx_chat_rooms_name` ON `chat_rooms` (`name`)"],
      listRule: member,
      viewRule: member,
      createRule: member,
      updateRule: member,
      deleteRule: null,
    },
    {
      id: "template_chat_m",
      name: "chat_messages",
      type: "base",
      fields: [
        relation("room", ROOMS, { required: true, cascadeDelete: true }),
        relation("sender", PEOPLE_ID, { required: true, cascadeDelete: true }),
        text("text", { required: true, presentable: true, max: 4000 }),
        ...times,
      ],
      indexes: ["CREATE INDEX `idx_chat_messages_room` ON `chat_messages` (`room`, `created`)"],
      search: { fields: { text: {} } },
      listRule: inRoom,
      viewRule: inRoom,
      createRule: `${inRoom} && sender = @request.auth.id`,
      updateRule: '@request.auth.id != "" && sender = @request.auth.id && ' +
        "@request.body.room:isset = false && @request.body.sender:isset = false",
      deleteRule: '@request.auth.id != "" && sender = @request.auth.id',
    },
  ],
  records: [
    { collection: "chat_people", rows: accounts("chat", PEOPLE) },
    {
      collection: "chat_rooms",
      rows: NAMES.map((name, at) => ({
        id: rowId("room", at + 1),
        name,
        members: accounts("chat", PEOPLE - at).map(({ id }) => id),
      })),
    },
    {
      collection: "chat_messages",
      rows: SAID.map((text, at) => ({
        room: turn("room", at, NAMES.length),
        sender: turn("chatperson", at, PEOPLE - NAMES.length + 1),
        text,
      })),
    },
  ],
};
export default template;
