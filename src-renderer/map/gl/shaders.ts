/** A mesh over a part of the map; `u_scale` and `u_offset` take its positions to clip space. */
export const meshVertex = `#version 300 es
in vec2 a_position;
in vec2 a_place;
uniform vec2 u_scale;
uniform vec2 u_offset;
out vec2 v_place;
void main() {
  gl_Position = vec4(a_position * u_scale + u_offset, 0.0, 1.0);
  v_place = a_place;
}`;

/** Pixels of a tile as colours. The invalid value is that of reader/tile-pixels.ts. */
export const tileFragment = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
in vec2 v_place;
uniform sampler2D u_pixels;
uniform sampler2D u_ramp;
uniform vec4 u_part;     // texel = xy + place * zw
uniform int u_kind;      // 0 one band by the ramp, 1 three bands, 2 colours as they are
uniform bool u_smooth;
uniform vec3 u_low;
uniform vec3 u_perSpan;  // 1 / (high - low)
uniform float u_factor;  // 255 for textures of bytes
out vec4 colour;

ivec2 last;

vec4 texelAt(ivec2 at) { return texelFetch(u_pixels, clamp(at, ivec2(0), last), 0); }
bool isValid(vec4 texel) { return u_kind == 0 ? texel.r > -3.35e38 : texel.a > 0.5; }

vec4 smoothed(vec2 at, vec4 nearest) {
  vec2 corner = floor(at - 0.5);
  vec2 part = at - 0.5 - corner;
  vec4 sum = vec4(0.0);
  float weights = 0.0;
  for (int j = 0; j < 2; j += 1)
    for (int i = 0; i < 2; i += 1) {
      vec4 texel = texelAt(ivec2(corner) + ivec2(i, j));
      float weight = (i == 0 ? 1.0 - part.x : part.x) * (j == 0 ? 1.0 - part.y : part.y);
      if (isValid(texel)) { sum += texel * weight; weights += weight; }
    }
  return weights > 0.0 ? sum / weights : nearest;
}

void main() {
  // Tiles meet without a gap: meshes of neighbours differ by less than this part of a screen pixel.
  vec2 slack = fwidth(v_place) * 0.15;
  if (any(lessThan(v_place, -slack)) || any(greaterThan(v_place, 1.0 + slack))) discard;
  last = textureSize(u_pixels, 0) - 1;
  vec2 at = u_part.xy + clamp(v_place, 0.0, 1.0) * u_part.zw;
  vec4 texel = texelAt(ivec2(floor(at)));
  if (!isValid(texel)) discard;
  if (u_kind == 2) { colour = vec4(texel.rgb, 1.0); return; }
  if (u_smooth) texel = smoothed(at, texel);
  vec3 t = clamp((texel.rgb * u_factor - u_low) * u_perSpan, 0.0, 1.0);
  colour = u_kind == 1 ? vec4(t, 1.0) : vec4(texelFetch(u_ramp, ivec2(int(t.r * 255.0 + 0.5), 0), 0).rgb, 1.0);
}`;

/** One triangle that covers everything. */
export const screenVertex = `#version 300 es
out vec2 v_at;
void main() {
  v_at = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(v_at * 2.0 - 1.0, 0.0, 1.0);
}`;

/** A drawn layer over the map, premultiplied. */
export const layerFragment = `#version 300 es
precision mediump float;
in vec2 v_at;
uniform sampler2D u_layer;
uniform float u_opacity;
out vec4 colour;
void main() {
  vec4 drawn = texture(u_layer, v_at);
  colour = vec4(drawn.rgb * drawn.a, drawn.a) * u_opacity;
}`;
