/** Pictures kept at most: an environment that makes up new addresses must not fill the memory. */
const MAX_PICTURES = 512;

/** Loads each picture once. */
export class Pictures {
  private readonly images = new Map<string, HTMLImageElement>();

  /** @param changed is called when a picture has come. @param failed gets its address. */
  constructor(
    private readonly changed: () => void,
    private readonly failed: (src: string) => void,
  ) {}

  /** Begins to load a picture that will be drawn. */
  preload(src: string): void {
    this.get(src);
  }

  /** The picture, or null as long as it has not come. */
  get(src: string): HTMLImageElement | null {
    const known = this.images.get(src);
    if (known !== undefined) return known.complete && known.naturalWidth > 0 ? known : null;
    if (this.images.size >= MAX_PICTURES) this.forgetOldest();
    const image = new Image();
    image.onload = this.changed;
    image.onerror = () => {
      this.failed(src);
    };
    image.src = src;
    this.images.set(src, image);
    return null;
  }

  close(): void {
    while (this.images.size > 0) this.forgetOldest();
  }

  private forgetOldest(): void {
    for (const [src, image] of this.images) {
      image.onload = null;
      image.onerror = null;
      this.images.delete(src);
      return;
    }
  }
}
