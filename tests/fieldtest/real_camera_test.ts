import assert from "node:assert/strict";
import { boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import type { FieldTestRecord } from "../../core/cli/fieldtest/record.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { filesIn } from "./field_test_rig.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** Field tests on a host that takes the camera for a real one. */

const h7 = boards.find(({ id }) => id === "openmv-h7")!;
const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
const images = makeImages(h7, versions, [0x4400, 0x4400, 0x2200], false);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly record: FieldTestRecord;
  readonly page: string;
  readonly names: readonly string[];
}

async function fieldTest(pullsCable: boolean, work: (ended: Ended) => void): Promise<void> {
  await inTempFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/OPENMV4`);
    for (const { name, bytes } of images.all) {
      Deno.writeFileSync(`${folder}/OPENMV4/${name}`, bytes);
    }
    const { run } = realCamera("openmv-h7", {
      ...{ condition: "healthy", images, first: ["plug"], pullsCable },
      context: { dataFolder: () => `${folder}/data` },
    });
    const line = `fieldtest h7 --images ${folder}/OPENMV4 --yes --json -o ${folder}/f.zip`;
    const { code, out, error } = await run(line);
    const files = filesIn(`${folder}/f.zip`);
    const words = (name: string) => new TextDecoder().decode(files.get(name));
    const record = JSON.parse(words("fieldtest.json"));
    work({ code, out: out + error, record, page: words("page.html"), names: [...files.keys()] });
  });
}

const states = ({ stages }: FieldTestRecord) => stages.map(({ id, state }) => `${id} ${state}`);

Deno.test("a real camera passes, with the cable pulled by the person who is asked", async () => {
  await fieldTest(true, ({ code, out, record, page, names }) => {
    assert.deepEqual(states(record), [
      ...["look passed", "check passed", "read passed", "verify passed", "flash passed"],
      ...["interrupt-read passed", "interrupt-flash passed"],
      ...["restore passed", "interrupt-restore passed", "two-cameras skipped"],
    ], out);
    assert.equal(code, 0);
    assert.equal(record.simulated, false);
    assert.doesNotMatch(page, /simulated/i);
    assert.match(page, /This camera/);
    assert.ok(names.includes("doctor.json"));
  });
});

Deno.test("a cable that nobody pulls is no failure; those stages are offered again", async () => {
  await fieldTest(false, ({ code, out, record }) => {
    assert.equal(code, 0, out);
    const skipped = states(record).filter((one) => one.endsWith("skipped"));
    assert.deepEqual(skipped, [
      ...["interrupt-read skipped", "interrupt-flash skipped", "interrupt-restore skipped"],
      "two-cameras skipped",
    ]);
  });
});
