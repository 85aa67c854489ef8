import { basename, dirname } from 'node:path/posix'
import leven from 'leven'
import { filesIn } from './transpile.js'

/** Lists the test files by the names that `npm run t` knows them by: route/no-head for test/route/no-head.test.ts. */
export const testNames = () => filesIn('test').filter(path => path.endsWith('.test.ts')).map(nameOf).sort()

/**
 * Finds the tests that an argument means: one file, or those of a folder. A folder with a file of its name next to it,
 * such as route.test.ts, is run by that file, in one process.
 * @param {string} argument name of a file or folder in test/; the whole path of the file also works
 * @param {string[]} names of all tests
 * @returns {string[]} names, none when there is no such test
 */
export function findTests (argument, names) {
  const name = nameOf(argument.replaceAll('\\', '/'))
  return names.includes(name) ? [name] : names.filter(other => other.startsWith(`${name}/`))
}

/**
 * Lists the names that hold the argument or differ from it by a few letters, the nearest first;
 * without such a name the tests of the same folder, or the folders.
 */
export function similarNames (argument, names) {
  const name = nameOf(argument.replaceAll('\\', '/'))
  const most = Math.max(2, basename(name).length / 3)
  const distance = other =>
    other.includes(name) ? 0 : Math.min(leven(name, other), leven(basename(name), basename(other)))
  const similar = names
    .map(other => ({ other, distance: distance(other) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .map(({ other }) => other)
  if (similar.length > 0) return similar
  const inFolder = names.filter(other => dirname(other) === dirname(name))
  return inFolder.length > 0 ? inFolder : names.filter(other => !other.includes('/'))
}

const nameOf = path => path.replace(/^(\.\/)?(\.build\/)?test\//, '').replace(/(\.test)?\.[jt]s$|\.test$|\/$/, '')
