function Review({ take, aspect }) {
  const url = useObjectUrl(take.blob);
  return (
    <section className="camera" data-phase="review" style={{ "--aspect": aspect.replace(":", " / ") }} aria-label={_("Your take")}>
      {url && (
        <video
          className="camera-picture"
          src={url}
          poster={take.poster || undefined}
          controls
          autoPlay
          playsInline
          aria-label={_("Your take")}
          onLoadedMetadata={(event) => { event.currentTarget.currentTime = take.offset; }}
        />
      )}
    </section>
  );
}

function Takes({ takes, chosen, onChoose }) {
  if (!takes.length) return null;
  return (
    <ol className="takes" aria-label={_("Takes")}>
      {takes.map((take, index) => (
        <li key={take.id}>
          <button type="button" className="take" aria-pressed={take.id === chosen} onClick={() => onChoose(take.id === chosen ? null : take.id)}>
            {take.poster ? <img src={take.poster} alt="" /> : <span className="take-file small">{take.name ? _("File") : ""}</span>}
            <span className="small figures">{_("Take {number}", { number: index + 1 })}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

