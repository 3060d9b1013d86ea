// The page of one reading: the answer's links between list and picture, and its copying.

import { copying } from "./copy.js";
import { link } from "./link.js";

link(document);
copying(document);
