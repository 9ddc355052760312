import type { Board } from "../family/board.ts";
import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";

/**
 * Returns the region with this name, ignoring upper and lower case.
 * @param regions names in lower case
 * @throws UnbrickError `usage` with the existing names
 */
export function regionNamed<Region extends { readonly name: string }>(
  board: Board,
  regions: readonly Region[],
  region: string,
): Region {
  const found = regions.find(({ name }) => name === region.toLowerCase());
  if (found) return found;
  const names = regions.map(({ name }) => name).join(", ");
  throw new UnbrickError(
    "usage",
    text`The ${board.name} has no region "${region}"; it has ${names}.`,
    {
      region,
      board: board.id,
    },
  );
}
