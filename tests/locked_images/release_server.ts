import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages as stm32Images } from "../../boards/openmv_stm32/samples.ts";
import { makeImages as n6Images, smallSizes } from "../../boards/openmv_n6/samples.ts";
import { unmarkedImages as rt1062Images } from "../../boards/openmv_rt1062/samples.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { makeZip } from "../../core/image/zip_writer.ts";
import type { Sources } from "../../tools/images/sources.ts";

/** A release and its loaders, made by the tests and not marked for simulation, on a local server. */

export const version = "5.1.0";
const versions = { bootloader: "1.0.3", firmware: version };
const h7 = stm32Boards.find(({ id }) => id === "openmv-h7")!;
export const h7Images = stm32Images(h7, versions, [0x4400, 0x4400, 0x2200], false);

const n6 = n6Images(versions, smallSizes, false), rt1062 = rt1062Images();
const isLoader = (name: string) => /OpenBootloader|-OBL\.bin|FlashLayout|_loader\.bin/.test(name);
const folders = { OPENMV4: h7Images, OPENMV_N6: n6, OPENMV_RT1060: rt1062 };

function filesIn(folder: string, { all }: BoardImages, loaders: boolean): [string, Uint8Array][] {
  return all.filter(({ name }) => isLoader(name) === loaders)
    .map(({ name, bytes }) => [`${folder}/${name}`, bytes]);
}

export const releasePath = `/firmware_v${version}.zip`;

/** What the server has, by path. */
export function releaseFiles(): Map<string, Uint8Array> {
  const files = Object.entries(folders)
    .flatMap(([folder, images]) => filesIn(`firmware_v${version}/${folder}`, images, false));
  return new Map([
    [releasePath, makeZip(new Map(files))],
    ...filesIn("/loaders/n6_bootloader", n6, true),
    ...filesIn("/loaders/flashloaders/OPENMV_RT1060", rt1062, true),
  ]);
}

export interface ReleaseServer extends AsyncDisposable {
  readonly origin: string;
  /** Change it to change what the server has. */
  readonly files: Map<string, Uint8Array>;
  /** Answers that replace those of `files`, by path. */
  readonly answers: Map<string, () => Response>;
  readonly sources: Sources;
}

export function releaseServer(files: Map<string, Uint8Array> = releaseFiles()): ReleaseServer {
  const answers = new Map<string, () => Response>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const answer = answers.get(pathname), bytes = files.get(pathname);
    if (answer) return answer();
    return bytes ? new Response(bytes.slice()) : new Response("Not Found", { status: 404 });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    origin,
    files,
    answers,
    sources: {
      firmware: origin + releasePath,
      loaders: `${origin}/loaders/`,
      packages: `${origin}/packages/`,
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
