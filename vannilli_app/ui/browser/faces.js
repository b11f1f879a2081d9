/** The faces in a picture: which one performs, how each is shown and called, and what of the picture the video shows. */
import { _ } from "./words.js";

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Face  in shares of the picture
 * @typedef {[number, number]} Place  shares of the picture's width and height
 */

const ROOM = 1.5; // hair and chin about what is measured of a face
const FOCUS = [0.5, 0.42]; // where in the video the animator puts a face
const MIDDLE = [0.5, 0.45]; // what it puts there of a picture without one

/** @param {Face} face @returns {Place} */
export const middle = (face) => [face.x + face.width / 2, face.y + face.height / 2];

/** The face that is meant by a place: the nearest in units of its own size, as the animator finds it; without a place
 *  the first. @param {Face[]} faces @param {Place | null} [place] */
export function performing(faces, place) {
  if (!place) return faces[0];
  const away = (face) => Math.hypot((middle(face)[0] - place[0]) / face.width, (middle(face)[1] - place[1]) / face.height);
  return faces.reduce((near, face) => (away(face) < away(near) ? face : near), faces[0]);
}

/** The faces as they stand in the picture from left to right, with what they are called. @param {Face[]} faces */
export function named(faces) {
  const ordered = [...faces].sort((one, other) => middle(one)[0] - middle(other)[0]);
  return ordered.map((face, index) => {
    const name = nameOf(ordered, index);
    return { face, name: face === faces[0] ? _("{name}, the largest", { name }) : name };
  });
}

function nameOf(ordered, index) {
  if (ordered.length > 2) return _("Number {n} from the left", { n: index + 1 });
  const [across, down] = [0, 1].map((axis) => middle(ordered[1])[axis] - middle(ordered[0])[axis]);
  if (across >= Math.abs(down)) return index ? _("The right one") : _("The left one");
  return index === (down > 0 ? 0 : 1) ? _("The upper one") : _("The lower one");
}

/** How a picture of this size in pixels lies behind a square window that shows a face of it. @param {Face} face */
export function behind(face, width, height) {
  const side = Math.min(ROOM * Math.max(face.width * width, face.height * height), width, height);
  const [x, y] = middle(face);
  const begin = (at, size) => Math.min(Math.max(at * size - side / 2, 0), size - side);
  const share = (pixels) => `${(100 * pixels) / side}%`;
  return { width: share(width), height: share(height), left: share(-begin(x, width)), top: share(-begin(y, height)) };
}

/** What of a picture of this size the video shows, as an `object-position`. @param {Face} [face] @param {string} aspect */
export function shown(face, width, height, aspect) {
  const [across, down] = aspect.split(":").map(Number);
  const seen = [(height * across) / down / width, (width * down) / across / height].map((share) => Math.min(share, 1));
  const focus = face ? middle(face) : MIDDLE;
  return seen.map((share, axis) => {
    const most = 1 - share;
    return most > 0 ? `${(100 * Math.min(Math.max(focus[axis] - share * FOCUS[axis], 0), most)) / most}%` : "50%";
  }).join(" ");
}
