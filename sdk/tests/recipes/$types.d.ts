import type { RequestEvent } from "@sveltejs/kit";

export type PageServerLoad = (event: RequestEvent) => Promise<Record<string, unknown>>;
export type Actions = Record<string, (event: RequestEvent) => Promise<unknown>>;
