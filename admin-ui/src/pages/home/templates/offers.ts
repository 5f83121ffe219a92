/** The templates that are offered; each is loaded when it is chosen. */
import type { Template } from "./template.ts";

/** One template. */
export interface Offer {
  name: "blog" | "todo" | "chat" | "shop";
  /** The names of its collections, in the order that they refer to each other. */
  collections: string[];
  read: () => Promise<{ default: Template }>;
}

export const offers: Offer[] = [
  {
    name: "blog",
    collections: ["blog_authors", "blog_posts", "blog_comments"],
    read: () => import("./blog.ts"),
  },
  {
    name: "todo",
    collections: ["todo_people", "todo_lists", "todo_tasks"],
    read: () => import("./todo.ts"),
  },
  {
    name: "chat",
    collections: ["chat_people", "chat_rooms", "chat_messages"],
    read: () => import("./chat.ts"),
  },
  {
    name: "shop",
    collections: ["shop_customers", "shop_categories", "shop_products", "shop_orders"],
    read: () => import("./shop.ts"),
  },
];
