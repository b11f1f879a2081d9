/** Which of several faces in the draft's picture performs, each shown cut out. */
import { useId, useState } from "react";
import { edit, useDraft } from "./draft.js";
import { behind, middle, named, performing } from "./faces.js";
import { useObjectUrl } from "./object_url.js";
import { _ } from "./words.js";

export function FaceChoice() {
  const { project, files } = useDraft();
  const id = useId();
  const url = useObjectUrl(files.target_image);
  const faces = project.faces ?? [];
  if (!url || faces.length < 2) return null;
  const chosen = performing(faces, project.face);
  return (
    <fieldset className="field" aria-describedby={`${id}hint`}>
      <legend className="label">{_("Which face performs?")}</legend>
      <div className="faces">
        {named(faces).map(({ face, name }) => (
          <label className="face" key={middle(face).join()}>
            <input type="radio" name={id} aria-label={name} checked={face === chosen} onChange={() => edit({ face: middle(face) })} />
            <Cut url={url} face={face} />
          </label>
        ))}
      </div>
      <span className="field-hint" id={`${id}hint`}>{_("For drafts: the others hold still.")}</span>
    </fieldset>
  );
}

/** @param {{url: string, face: import("./faces.js").Face}} props */
function Cut({ url, face }) {
  const [size, setSize] = useState([0, 0]);
  const measured = ({ target }) => setSize([target.naturalWidth, target.naturalHeight]);
  return <span className="face-cut"><img src={url} alt="" hidden={!size[0]} style={size[0] ? behind(face, ...size) : undefined} onLoad={measured} /></span>;
}
