import type { ImageAction } from "../arguments/image_commands.ts";
import type { Session } from "../session.ts";
import { exportSet } from "./export.ts";
import { importImages } from "./import.ts";
import { listSets } from "./list.ts";
import { verifySets } from "./verify.ts";

/** `images list|verify|import|export`. */
export async function images(session: Session, action: ImageAction): Promise<number> {
  switch (action.action) {
    case "list":
      return listSets(session);
    case "verify":
      return verifySets(session, action.set);
    case "import":
      return await importImages(session, action.path, action.name);
    case "export":
      return exportSet(session, action.set, action.file, action.sign);
  }
}
