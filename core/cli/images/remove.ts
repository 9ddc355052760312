import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import { setNamed } from "../../image/choose_set.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { makeStyle } from "../terminal/style.ts";
import { allSets, imageSets, isBundledName, storeOf } from "./image_sets.ts";

/**
 * `images remove SET`: removes an imported set, also one that cannot be read, and older ones of its
 * name.
 * @throws UnbrickError `usage` for the set inside this program, `not-found`, `busy`, `cancelled`
 */
export async function removeSet(session: Session, name: string): Promise<number> {
  if (isBundledName(name)) {
    throw new UnbrickError(
      "usage",
      text`The images inside this program cannot be removed.`,
      { set: name },
    );
  }
  const sets = imageSets(session);
  const isStored = [...sets.broken, ...sets.replaced].some((set) => set.name === name);
  if (!isStored) setNamed(name, allSets(sets));
  const { clock, signal } = session.context;
  const folders = await storeOf(session)!.remove(name, { clock, signal });
  if (session.options.json) {
    printJson(session, { type: "removed-set", name, folders });
    return 0;
  }
  const { columns } = session.console;
  const style = makeStyle(session.console);
  printLines(session, [
    ...wrap(text`The set ${name} was removed.`, columns, `${style.done} `).map(style.good),
    ...folders.flatMap((folder) => wrap(text`It was in ${folder}`, columns, "  ")),
  ]);
  return 0;
}
