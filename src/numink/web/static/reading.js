// The page of one reading: the answer's links between list and picture.

import { link } from "./link.js";

link(document);
