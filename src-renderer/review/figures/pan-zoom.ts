/** Where an image lies in a frame: its scale (screen pixels per image pixel) and its upper left corner, px. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const [least, most] = [0.02, 32];

/** The whole image in the middle of the frame, not larger than it is. */
export function fit(image: Size, frame: Size): View {
  const scale = Math.min(1, frame.width / image.width, frame.height / image.height);
  return centred(image, frame, scale);
}

/** The image at a scale in the middle of the frame. */
export function centred(image: Size, frame: Size, scale: number): View {
  return { scale, x: (frame.width - image.width * scale) / 2, y: (frame.height - image.height * scale) / 2 };
}

/** Zooms by a factor; the point under `at` stays where it is. */
export function zoomAt({ scale, x, y }: View, factor: number, at: { readonly x: number; readonly y: number }): View {
  const next = Math.min(most, Math.max(least, scale * factor));
  const grown = next / scale;
  return { scale: next, x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown };
}

/** Keeps at least a part of the image in the frame. */
export function held(view: View, image: Size, frame: Size): View {
  const edge = 48;
  const clamp = (at: number, length: number, room: number) =>
    Math.min(room - edge, Math.max(edge - length * view.scale, at));
  return { ...view, x: clamp(view.x, image.width, frame.width), y: clamp(view.y, image.height, frame.height) };
}
