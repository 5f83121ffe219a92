/** Tasks in lists: everybody sees and changes only what is their own. */
import { accounts, people, relation, text, times, turn } from "./parts.ts";
import { rowId, type Template } from "./template.ts";

const PEOPLE_ID = "template_todo_p";
const LISTS = "template_todo_l";
const PEOPLE = 3;
const NAMES = ["Home", "Work", "Garden", "Travel", "Reading", "Someday"];
const TASKS = [
  "Water the plants", "Answer the landlord", "Book the train", "Fix the bike light",
  "Write the minutes", "Buy a present", "Renew the passport", "Call the dentist",
  "Sort the photos", "Plan the sprint", "Read chapter four", "Return the parcel",
  "Clean the kettle", "Send the invoice", "Prune the roses", "Pack the tent",
  "Update the CV", "Sharpen the knives", "Cancel the trial", "Order seeds",
];
const owner = '@request.auth.id != "" && owner = @request.auth.id';
const ofOwner = '@request.auth.id != "" && list.owner = @request.auth.id';

const template: Template = {
  collections: [
    {
      ...people(PEOPLE_ID, "todo_people"),
      listRule: "id = @request.auth.id",
      viewRule: "id = @request.auth.id",
    },
    {
      id: LISTS,
      name: "todo_lists",
      type: "base",
      fields: [
        text("name", { required: true, presentable: true, max: 80 }),
        relation("owner", PEOPLE_ID, { required: true, cascadeDelete: true }),
        ...times,
      ],
      indexes: ["CREATE UNIQUE INDEX `idx_todo_lists_name` ON `todo_lists` (`owner`, `name`)"],
      listRule: owner,
      viewRule: owner,
      createRule: owner,
      updateRule: owner,
      deleteRule: owner,
    },
    {
      id: "template_todo_t",
      name: "todo_tasks",
      type: "base",
      fields: [
        text("title", { required: true, presentable: true, max: 200 }),
        relation("list", LISTS, { required: true, cascadeDelete: true }),
        { name: "done", type: "bool" },
        { name: "due", type: "date" },
        { name: "priority", type: "select", values: ["low", "normal", "high"], maxSelect: 1 },
        ...times,
      ],
      indexes: ["CREATE INDEX `idx_todo_tasks_list` ON `todo_tasks` (`list`, `done`)"],
      listRule: ofOwner,
      viewRule: ofOwner,
      createRule: ofOwner,
      updateRule: `${ofOwner} && (@request.body.list:isset = false || ` +
        "@collection.todo_lists.id ?= @request.body.list && " +
        "@collection.todo_lists.owner ?= @request.auth.id)",
      deleteRule: ofOwner,
    },
  ],
  records: [
    { collection: "todo_people", rows: accounts("todo", PEOPLE) },
    {
      collection: "todo_lists",
      rows: NAMES.map((name, at) => ({
        id: rowId("list", at + 1),
        name,
        owner: turn("todoperson", at, PEOPLE),
      })),
    },
    {
      collection: "todo_tasks",
      rows: TASKS.map((title, at) => ({
        title,
        list: turn("list", at, NAMES.length),
        done: at % 3 === 0,
        due: at % 2 === 0 ? `2027-01-${String(at + 1).padStart(2, "0")} 08:00:00.000Z` : "",
        priority: ["low", "normal", "high"][at % 3],
      })),
    },
  ],
};
export default template;
