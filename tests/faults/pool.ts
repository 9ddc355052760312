import type { Part } from "./totals.ts";

/** Cases given to a thread at once: so few that all threads end at nearly the same time. */
const PORTION = 40;

/**
 * Lets `workers` threads run cases until none are left or `mayGoOn` returns false.
 * @param onPart gets the result of each portion.
 */
export async function carryOutInThreads(
  cases: readonly string[],
  workers: number,
  mayGoOn: () => boolean,
  onPart: (part: Part) => void,
): Promise<void> {
  let next = 0;
  const portion = () => cases.slice(next, next += PORTION);
  await Promise.all(Array.from({ length: workers }, async () => {
    const thread = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
    try {
      for (let ids = portion(); ids.length > 0 && mayGoOn(); ids = portion()) {
        onPart(await ask(thread, ids));
      }
    } finally {
      thread.terminate();
    }
  }));
}

function ask(thread: Worker, ids: readonly string[]): Promise<Part> {
  return new Promise((resolve, reject) => {
    thread.onmessage = ({ data }) => resolve(data);
    thread.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`${event.message} (in one of ${ids[0]} … ${ids.at(-1)})`));
    };
    thread.postMessage(ids);
  });
}
