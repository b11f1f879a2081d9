// A loudspeaker beside the microphone: what the page plays while it records is what its microphone hears, on the same
// clock and without a way through the air. The camera stays the browser's own.
const Native = AudioContext;
const connect = AudioNode.prototype.connect;
const devices = navigator.mediaDevices;
const camera = devices.getUserMedia.bind(devices);
let next; // the context that the page makes next
let loudspeaker;
let microphone;

globalThis.AudioContext = function Loud(options) {
  const made = next ?? new Native(options);
  next = null;
  return made;
};

AudioNode.prototype.connect = function (target, ...rest) {
  if (target === loudspeaker) connect.call(this, microphone);
  return connect.call(this, target, ...rest);
};

devices.getUserMedia = async (wanted) => {
  const picture = await camera({ video: wanted.video });
  next = new Native({ latencyHint: "interactive" });
  loudspeaker = next.destination;
  microphone = next.createMediaStreamDestination();
  return new MediaStream([...picture.getVideoTracks(), ...microphone.stream.getAudioTracks()]);
};
