/** How each kind of collection is drawn. */
import Eye from "@lucide/svelte/icons/eye";
import Table from "@lucide/svelte/icons/table-2";
import Users from "@lucide/svelte/icons/users";
import type { CollectionType } from "@luge/client/admin";
import type { Component } from "svelte";

export const collectionIcons: Record<CollectionType, Component<{ size?: number }>> = {
  base: Table,
  auth: Users,
  view: Eye,
};
