import assert from "node:assert/strict";
import { makeZip } from "../../core/image/zip_writer.ts";
import { sha256 } from "../../core/common/sha256.ts";
import { sampleRelease } from "../support/images/sample_release.ts";
import { lockedArchive } from "../../tools/images/archives.ts";
import { download, redirectRefusal } from "../../tools/images/download.ts";
import { type Lock, lockText, parseLock } from "../../tools/images/lock_file.ts";
import { lockedSet } from "../../tools/images/locked_set.ts";
import { makeLock } from "../../tools/images/make_lock.ts";
import { projectRoot } from "../../tools/targets.ts";
import { releaseFiles, releasePath, releaseServer, version } from "./release_server.ts";
import type { ReleaseServer } from "./release_server.ts";

/** `lock-images` and `build --locked-images`, against a local server with a release of the test. */

const accept = () => Promise.resolve({ decision: "accepted" as const, notice: "the notice" });
const lockOf = (server: ReleaseServer, say: (line: string) => void = () => {}) =>
  makeLock(version, server.sources, accept, say);

/** Fetches without a cache. */
const fetched = async ({ address, redirects, size }: Lock["archives"][number]) =>
  (await download(address, { maximum: size, redirects })).bytes;

async function refusal(work: Promise<unknown>): Promise<string> {
  let message = "";
  await assert.rejects(work, (error: Error) => {
    message = error.message;
    return true;
  });
  return message;
}

Deno.test("a lock has every image with its address, path, lengths and hashes, and says what is not there", async () => {
  await using server = releaseServer();
  const said: string[] = [];
  const lock = await lockOf(server, (line) => said.push(line));
  assert.deepEqual(parseLock(lockText(lock), "lock"), lock);
  const zip = server.files.get(releasePath)!;
  const address = server.origin + releasePath;
  assert.deepEqual(
    lock.archives.find((one) => one.address === address),
    { address, redirects: [], size: zip.length, sha256: sha256(zip) },
  );
  const ofBoard = (id: string) => lock.files.filter(({ board }) => board === id);
  assert.deepEqual(ofBoard("openmv-h7").map(({ role, path, licence }) => [role, path, licence]), [
    ["bootloader", `firmware_v${version}/OPENMV4/bootloader.bin`, "openmv-bootloader"],
    ["firmware", `firmware_v${version}/OPENMV4/firmware.bin`, "openmv-firmware"],
    ["romfs0", `firmware_v${version}/OPENMV4/romfs0.img`, "openmv-firmware"],
  ]);
  const fsbl = ofBoard("openmv-n6").find(({ role }) => role === "fsbl")!;
  assert.deepEqual([fsbl.path, fsbl.licence], [undefined, "st-openbootloader"]);
  const loader = ofBoard("openmv-rt1062").find(({ role }) => role === "flashloader")!;
  const bytes = server.files.get("/loaders/flashloaders/OPENMV_RT1060/sdphost_flash_loader.bin")!;
  assert.deepEqual(
    [loader.licence, loader.size, loader.sha256],
    ["nxp-flashloader", bytes.length, sha256(bytes)],
  );
  assert.ok(said.includes(`openmv-ae3: not in ${address}`), said.join("\n"));
});

Deno.test("a lock with wrong content is refused, with the field", async () => {
  await using server = releaseServer();
  const lock = await lockOf(server);
  const changed = (change: (lock: Lock) => void) => {
    const copy = structuredClone(lock);
    change(copy);
    return () => parseLock(JSON.stringify(copy), "images.lock.json");
  };
  assert.throws(() => parseLock("{", "x"), /x is not JSON/);
  assert.throws(changed((one) => delete (one as Partial<Lock>).licences), /licences/);
  assert.throws(changed((one) => one.files[0].sha256 = "0"), /files\.0\.sha256/);
  assert.throws(changed((one) => one.files[0].path = "../x"), /files\.0\.path: .*safe/);
  assert.throws(changed((one) => one.files[0].role = "x"), /has no such image/);
  assert.throws(changed((one) => one.files[0].board = "x"), /no such board/);
  assert.throws(changed((one) => one.files[0].licence = "x"), /x is not one of the licences/);
  assert.throws(changed((one) => one.files[1] = one.files[0]), /listed twice/);
  const other = changed((one) => one.files[0].licence = "nxp-flashloader");
  assert.throws(other, /openmv-h7, bootloader: its licence is openmv-bootloader, not nxp-flash/);
  const shorter = changed((one) =>
    one.files = one.files.filter(({ board, role }) => board !== "openmv-h7" || role !== "firmware")
  );
  assert.throws(shorter, /openmv-h7: there is no firmware/);
  assert.throws(changed((one) => one.licences[0].notice = " "), /accepted, but has no notice/);
  const plain = changed((one) => one.archives[0].address = "http://example.org/x.zip");
  assert.throws(plain, /archives\.0\.address: is not an https address/);
});

Deno.test("a release that misses what a job needs cannot be locked, and names the file", async () => {
  const files = releaseFiles();
  const missing = "/loaders/n6_bootloader/OpenBootloader_STM32N6570-DK-trusted.stm32";
  files.delete(missing);
  await using server = releaseServer(files);
  assert.match(await refusal(lockOf(server)), new RegExp(`${missing}: it has no .* openmv-n6`));
});

Deno.test("images for simulated cameras, or of another board, cannot be locked", async () => {
  const practice = new Map([[releasePath, makeZip(sampleRelease(version))]]);
  await using simulated = releaseServer(new Map([...releaseFiles(), ...practice]));
  assert.match(await refusal(lockOf(simulated)), /for simulated cameras only/);
  const files = releaseFiles();
  const place = `firmware_v${version}/OPENMV_N6/firmware.bin`;
  files.set(releasePath, makeZip(new Map([[place, new Uint8Array(9000)]])));
  await using other = releaseServer(files);
  assert.match(await refusal(lockOf(other)), /it has no bootloader\.bin for openmv-n6/);
});

const address = (server: ReleaseServer) => server.origin + releasePath;
const loaderPath = "/loaders/n6_bootloader/MX66UW1G45G_STM32N6570-DK-OBL.bin";

/** What happens to the server after the lock was made, and the reason that names the file. */
const faults: readonly (readonly [string, (server: ReleaseServer) => void, RegExp])[] = [
  [
    "the archive has another hash",
    ({ files }) => files.set(releasePath, files.get(releasePath)!.map((byte, at) => at ? byte : 1)),
    /\/firmware_v5\.1\.0\.zip: its SHA-256 is [0-9a-f]{64}, but the lock says/,
  ],
  [
    "a loader has another hash",
    ({ files }) => files.set(loaderPath, files.get(loaderPath)!.map((byte) => byte ^ 1)),
    /-OBL\.bin: its SHA-256 is [0-9a-f]{64}, but the lock says/,
  ],
  [
    "the archive is gone",
    ({ files }) => files.delete(releasePath),
    /firmware_v5\.1\.0\.zip: the server answers 404/,
  ],
  [
    "a loader is gone",
    ({ files }) => files.delete(loaderPath),
    /-OBL\.bin: the server answers 404/,
  ],
  [
    "the archive is shorter",
    ({ files }) => files.set(releasePath, files.get(releasePath)!.subarray(0, 5000)),
    /firmware_v5\.1\.0\.zip: it has 5000 bytes, but the lock says \d+/,
  ],
  [
    "the archive is longer",
    ({ files }) => files.set(releasePath, new Uint8Array(10_000_000)),
    /firmware_v5\.1\.0\.zip: it has more than \d+ bytes/,
  ],
  [
    "the server is broken",
    ({ answers }) => answers.set(releasePath, () => new Response("", { status: 500 })),
    /firmware_v5\.1\.0\.zip: the server answers 500/,
  ],
  [
    "it is redirected to another place of the same server",
    ({ answers, origin }) =>
      answers.set(releasePath, () => Response.redirect(`${origin}/other.zip`)),
    /firmware_v5\.1\.0\.zip: it is redirected to 127\.0\.0\.1:\d+, which the lock does not allow/,
  ],
  [
    "it is redirected to another host",
    ({ answers }) =>
      answers.set(releasePath, () => Response.redirect("https://mirror.example/x.zip", 301)),
    /firmware_v5\.1\.0\.zip: it is redirected to mirror\.example, which the lock does not allow/,
  ],
];

for (const [what, happens, reason] of faults) {
  Deno.test(`${what}: the build is refused, with the file and the reason`, async () => {
    await using server = releaseServer();
    const lock = await lockOf(server);
    happens(server);
    assert.match(await refusal(lockedSet(lock, fetched)), reason);
  });
}

Deno.test("a connection that breaks off is refused, with the number of bytes", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1000));
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfour";
    await connection.write(new TextEncoder().encode(answer));
  })();
  const place = `http://127.0.0.1:${listener.addr.port}/x.zip`;
  const reason = await refusal(download(place, { maximum: 2000 }));
  assert.match(reason, /x\.zip: it breaks off after [04] bytes/);
  await serving;
  listener.close();
});

Deno.test("a server that does not answer is given up at the deadline", async () => {
  await using server = releaseServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.answers.set("/slow", () => new Response(new ReadableStream({ pull: () => promise })));
  const work = download(`${server.origin}/slow`, { maximum: 10, deadlineMs: 300 });
  assert.match(await refusal(work), /slow: it breaks off after 0 bytes/);
  resolve();
});

Deno.test("redirects: locking follows and records them, never to plain http", async () => {
  await using server = releaseServer();
  const { answers, files, origin } = server;
  const moved = files.get(releasePath)!;
  files.set("/moved.zip", moved);
  answers.set(releasePath, () => Response.redirect(`${origin}/moved.zip`));
  const lock = await lockOf(server);
  const { host } = new URL(origin);
  assert.deepEqual(lock.archives[0].redirects, [host]);
  assert.ok((await lockedSet(lock, fetched)).files.size > 0);
  answers.set(releasePath, () => Response.redirect("http://mirror.example/x.zip"));
  assert.match(
    await refusal(lockOf(server)),
    /redirected to http:\/\/mirror\.example, which is not https/,
  );
  answers.set(releasePath, () => Response.redirect(address(server)));
  assert.match(await refusal(lockOf(server)), /redirected too often/);
});

Deno.test("a redirect from https to http is never followed, not even on this computer", () => {
  const https = new URL("https://host.example/x.zip");
  for (
    const to of ["http://host.example/x.zip", "http://127.0.0.1/x.zip", "ftp://host.example/x"]
  ) {
    assert.match(redirectRefusal(https, new URL(to), undefined)!, /which is not https/);
  }
  assert.equal(redirectRefusal(https, new URL("https://other.example/x"), undefined), undefined);
  assert.equal(redirectRefusal(https, https, ["host.example"]), undefined);
  assert.match(redirectRefusal(https, https, [])!, /host\.example, which the lock does not allow/);
});

Deno.test("redirects to what is no web address, and a file that the lock describes wrongly, are refused", async () => {
  await using server = releaseServer();
  const lock = await lockOf(server);
  for (
    const [location, reason] of [
      ["file:///etc/passwd", /it is redirected to file:, which is not https/],
      ["http://", /it is redirected to http:\/\/, which is not an address/],
    ] as const
  ) {
    const answer = () => new Response(null, { status: 302, headers: { location } });
    server.answers.set(releasePath, answer);
    assert.match(await refusal(lockedSet(lock, fetched)), reason);
  }
  server.answers.clear();
  const [first, ...others] = lock.files;
  for (
    const [change, reason] of [
      [{ path: `${first.path}x` }, /has no file .*bootloader\.binx/],
      [{ sha256: "0".repeat(64) }, /bootloader\.bin: its SHA-256 is .*, but the lock says 0000/],
      [{ size: first.size + 1 }, /bootloader\.bin: it has \d+ bytes, but the lock says/],
    ] as const
  ) {
    const changed = { ...lock, files: [{ ...first, ...change }, ...others] };
    assert.match(await refusal(lockedSet(changed, fetched)), reason);
  }
});

Deno.test("an option of lock-images that names no licence, or both decisions, is refused", async () => {
  const said = async (...options: string[]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tools/lock_images.ts", "5.1.0", ...options],
      cwd: projectRoot,
    }).output();
    assert.equal(code, 1);
    return new TextDecoder().decode(stderr);
  };
  assert.match(await said("--accept", "nxp"), /there is no licence nxp; there are: openmv-firm/);
  const both = await said("--accept", "alif-toolkit", "--refuse", "alif-toolkit");
  assert.match(both, /alif-toolkit is both accepted and refused/);
});

Deno.test("an archive is fetched once; a damaged copy is fetched again", async () => {
  await using server = releaseServer();
  const [archive] = (await lockOf(server)).archives;
  const folder = await Deno.makeTempDir();
  try {
    const cache = new URL(`file://${folder}/`);
    await lockedArchive(archive, cache);
    server.files.delete(releasePath);
    assert.equal((await lockedArchive(archive, cache)).length, archive.size);
    await Deno.writeFile(new URL(archive.sha256, cache), new Uint8Array(archive.size));
    assert.match(await refusal(lockedArchive(archive, cache)), /the server answers 404/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
