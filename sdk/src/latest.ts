/** For type-ahead: only the newest request of a kind counts. */

/**
 * Makes a function that gives a new signal and aborts the one that it gave before:
 * `const next = latest(); … db.from("posts").where(…).page(1, 10, { signal: next() })`.
 */
export function latest(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    controller?.abort();
    controller = new AbortController();
    return controller.signal;
  };
}
