import { systemClock, withDeadline } from "../../core/common/clock.ts";
import { aptInstall, ensureProgram } from "../../tools/apt.ts";
import { run } from "../../tools/run.ts";

/**
 * A headless Chromium with an empty profile, controlled over its DevTools protocol on the loopback.
 */

const program = "chromium";
/** On an idle machine it starts within seconds. */
const START_MS = 60_000, STOP_MS = 20_000;

/**
 * Installs missing Debian packages; needs root only then.
 * @throws MissingProgram, or Error without a Chinese font
 */
export async function installChromium(): Promise<void> {
  await ensureProgram(program, program, "fonts-dejavu-core");
  await ensureProgram("fc-list", "fontconfig");
  // Without a Chinese font, each Chinese character is an empty box of another width.
  const fonts = async () => (await run("fc-list", [":lang=zh-cn"])).trim();
  if (await fonts() === "") await aptInstall(["fonts-wqy-microhei"]);
  if (await fonts() === "") throw new Error("there is no Chinese font (fonts-wqy-microhei)");
}

export interface View {
  readonly scheme: "light" | "dark";
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export class Chromium {
  private constructor(
    readonly child: Deno.ChildProcess,
    readonly profile: string,
    readonly port: string,
  ) {}

  static async start(): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "pages-" });
    const child = new Deno.Command(program, {
      args: [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
        ...["--hide-scrollbars", "--remote-debugging-port=0", `--user-data-dir=${profile}`],
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const giveUp = systemClock.now() + START_MS;
    while (systemClock.now() < giveUp) {
      try {
        const [port] = Deno.readTextFileSync(`${profile}/DevToolsActivePort`).split("\n");
        if (port) return new Chromium(child, profile, port);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      await systemClock.sleep(100);
    }
    child.kill();
    throw new Error(`${program} did not start within ${START_MS} ms`);
  }

  async openTab(): Promise<Tab> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/json/new?about:blank`, {
      method: "PUT",
    });
    const { webSocketDebuggerUrl } = await answer.json();
    return await Tab.connect(webSocketDebuggerUrl);
  }

  async stop(): Promise<void> {
    // After SIGTERM it waits for its own children, which write to the profile until they end.
    this.child.kill("SIGTERM");
    const limit = { ms: STOP_MS, what: "Chromium to end" };
    await withDeadline(systemClock, limit, () => this.child.status);
    await Deno.remove(this.profile, { recursive: true });
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- as the protocol has it
  readonly params?: any;
  // deno-lint-ignore no-explicit-any -- as the protocol has it
  readonly result?: any;
  readonly error?: { readonly message: string };
}

export class Tab {
  #next = 1;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #waiting = new Map<string, () => void>();
  /** The addresses of everything that was requested since the last visit began. */
  requests: string[] = [];
  /** What the page printed to its console. */
  complaints: string[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  static async connect(url: string): Promise<Tab> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("Chromium refused the connection"));
    });
    const tab = new Tab(socket);
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await tab.send(`${domain}.enable`);
    return tab;
  }

  // deno-lint-ignore no-explicit-any -- as the protocol has it
  async send(method: string, params: object = {}): Promise<any> {
    const id = this.#next++;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Loads a page in a view; returns when it is complete. */
  async visit(url: string, { scheme, width, height }: View): Promise<void> {
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await this.#resize(width, height);
    [this.requests, this.complaints] = [[], []];
    const loaded = new Promise<void>((resolve) =>
      this.#waiting.set("Page.loadEventFired", resolve)
    );
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** Returns the value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? "script failed");
    }
    return result.value;
  }

  /** Returns the whole page as PNG, whatever its height. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true });
    return Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  }

  /** Makes the view as high as the page, so that every point of it can be tested. */
  async unroll(width: number): Promise<void> {
    const height = await this.evaluate<number>("document.documentElement.scrollHeight");
    await this.#resize(width, height);
  }

  async #resize(width: number, height: number): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
  }

  close(): void {
    this.socket.close();
  }

  #receive({ id, method, params, ...rest }: Message): void {
    if (id !== undefined) this.#answers.get(id)?.(rest);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
    if (method) this.#waiting.get(method)?.();
  }
}
