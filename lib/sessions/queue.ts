/** Does one work after the other for each key, within this process. */
export type Queue = (key: string, work: () => Promise<void>) => Promise<void>

export function createQueue (): Queue {
  const last = new Map<string, Promise<void>>()
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    try {
      await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}
