import type { ImageAction } from "../arguments/image_commands.ts";
import type { Session } from "../session.ts";
import { exportSet } from "../sets/export.ts";
import { importImages } from "../sets/import.ts";
import { listSets } from "../sets/list.ts";
import { verifySets } from "../sets/verify.ts";

/** `images list|verify|import|export`. */
export function images(session: Session, action: ImageAction): number {
  switch (action.action) {
    case "list":
      return listSets(session);
    case "verify":
      return verifySets(session, action.set);
    case "import":
      return importImages(session, action.path, action.name);
    case "export":
      return exportSet(session, action.set, action.file, action.sign);
  }
}
