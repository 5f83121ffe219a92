/** The schema of the server's GraphQL, and what of a document can be told before it is sent. */
import { completion, lint, stateExtensions } from "cm6-graphql";
import type { Extension } from "@codemirror/state";
import {
  buildClientSchema,
  getIntrospectionQuery,
  parse,
  printSchema,
  type IntrospectionQuery,
} from "graphql";
import { client } from "../../backend.ts";

/** A schema that was read. */
export interface Schema {
  /** Completes and checks what is written. */
  extensions: Extension;
  /** As text. */
  sdl: string;
}

/** Asks for the schema as the superuser sees it, which is all of it. */
export async function readSchema(): Promise<Schema> {
  const query = getIntrospectionQuery();
  const { data } = await client.transport.send<{ data: IntrospectionQuery }>("/api/graphql", {
    method: "POST",
    body: { query },
  });
  const schema = buildClientSchema(data);
  return { extensions: [stateExtensions(schema), completion, lint], sdl: printSchema(schema) };
}

/** What kinds of operation a document has; none where it cannot be read. */
export function kindsOf(query: string): ("query" | "mutation" | "subscription")[] {
  try {
    return parse(query).definitions.flatMap((each) =>
      each.kind === "OperationDefinition" ? [each.operation] : [],
    );
  } catch {
    // The server says what is wrong with it, and where.
    return [];
  }
}
