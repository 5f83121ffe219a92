/**
 * What the recipes use of the frameworks, as their own types have it: no more than that, so that
 * six frameworks need not be installed to see that the recipes fit together.
 */
type Db = import("@luge/client/ssr").ServerClient<import("./schema").Schema>;
declare const LUGE_URL: string;

declare module "@sveltejs/kit" {
  export interface RequestEvent {
    request: Request;
    url: URL;
    locals: { db: Db };
  }
  export type Handle = (input: {
    event: RequestEvent;
    resolve: (event: RequestEvent) => Response | Promise<Response>;
  }) => Response | Promise<Response>;
}

declare module "next/server" {
  export class NextRequest extends Request {
    readonly nextUrl: URL;
  }
  export class NextResponse extends Response {
    static next(): NextResponse;
  }
}
declare module "next/headers" {
  export function headers(): Promise<Omit<Headers, "append" | "delete" | "set">>;
}
declare module "react" {
  export function cache<F extends (...given: any[]) => any>(work: F): F;
}

declare module "h3" {
  export interface H3Event {
    headers: Headers;
    method: "GET" | "HEAD" | "PATCH" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE";
    path: string;
    context: Record<string, any>;
  }
  export function defineEventHandler<T>(handler: (event: H3Event) => T): (event: H3Event) => T;
  export function getRequestURL(event: H3Event): URL;
  export function toWebRequest(event: H3Event): Request;
  export function appendResponseHeader(event: H3Event, name: string, value: string): void;
}
declare module "nitropack/runtime" {
  import type { H3Event } from "h3";
  interface Nitro {
    hooks: { hook(name: "beforeResponse", call: (event: H3Event) => void): void };
  }
  export function defineNitroPlugin(plugin: (nitro: Nitro) => void): typeof plugin;
}

declare module "astro:middleware" {
  interface Context {
    request: Request;
    url: URL;
    locals: { db: Db };
  }
  type Next = () => Promise<Response>;
  type Handler = (context: Context, next: Next) => Promise<Response>;
  export function defineMiddleware(handler: Handler): Handler;
}

declare module "react-router" {
  export interface LoaderFunctionArgs {
    request: Request;
    params: Record<string, string | undefined>;
  }
  export type ActionFunctionArgs = LoaderFunctionArgs;
  export function data<T>(value: T, init?: number | ResponseInit): { data: T };
  export function redirect(to: string, init?: number | ResponseInit): Response;
}

declare module "@solidjs/start/middleware" {
  interface FetchEvent {
    request: Request;
    response: { headers: Headers };
    locals: { db?: Db };
  }
  type Call = (event: FetchEvent) => void | Response | Promise<void | Response>;
  export function createMiddleware(calls: { onRequest?: Call; onBeforeResponse?: Call }): object;
}
