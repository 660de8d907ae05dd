/** The page "Learn". */
import { conventionsSection } from "./sections/conventions.js";
import { fadingSection } from "./sections/fading.js";
import { gateSection } from "./sections/gate.js";
import { needSection } from "./sections/need.js";
import { orderSection } from "./sections/order.js";
import { resetSection } from "./sections/reset.js";
import { stepSection } from "./sections/step.js";
import { updateSection } from "./sections/update.js";

for (const section of [
  gateSection,
  updateSection,
  resetSection,
  conventionsSection,
  stepSection,
  fadingSection,
  orderSection,
  needSection,
]) {
  section();
}
