/** esbuild's `binary` loader gives the file's bytes. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
