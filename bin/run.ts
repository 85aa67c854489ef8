import { writeFile } from 'node:fs/promises'
import { diagnose, listChecks } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest } from '../lib/diagnosis/report.js'
import { VERSION } from '../lib/package.js'
import { HELP, readArguments, UsageError, type DoctorCommand } from './arguments.js'
import { createPrinter } from './printer.js'
import { record } from './record.js'

/** What the command uses of its process. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  stdout: Output
  stderr: Output
}

/** A stream of the process. */
export interface Output {
  write (text: string): unknown
  isTTY?: boolean
}

/**
 * Runs the command.
 * @returns the exit status: 0 when the report is ok, 1 when it is not, 2 when the command cannot be understood
 */
export async function run (args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { env, stdout, stderr } = surroundings
  try {
    const command = readArguments(args, env)
    if (command === 'help') stdout.write(HELP)
    else if (command === 'version') stdout.write(`${VERSION}\n`)
    else return await doctor(command, surroundings)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    stderr.write(`${error.message}\n\nSee npx fastify-metabase-sso doctor --help\n`)
    return 2
  }
}

async function doctor (command: DoctorCommand, surroundings: Surroundings): Promise<number> {
  const { settings, request, isJson, recordPath } = command
  const { stdout } = surroundings
  const printer = createPrinter(surroundings, isJson)
  const { length } = listChecks(settings, request)
  if (length === 0) throw new UsageError('No check is left: see --only, --skip and what the groups require.')
  printer.begin(length, settings.instanceUrl)
  const examine = async (more?: Pick<DiagnosisRequest, 'wrap'>): Promise<DiagnosisReport> =>
    await diagnose(settings, { ...request, ...more, onStart: printer.start, onCheck: printer.check })
  const report = recordPath === undefined
    ? await examine()
    : await record(command, examine, async text => await writeRecord(recordPath, text), printer.note)

  const { ok, version = null, checks, notProven } = report
  if (isJson) {
    stdout.write(`${JSON.stringify({ ok, version, checks, notProven }, undefined, 2)}\n`)
  } else printer.end(report)
  return ok ? 0 : 1
}

async function writeRecord (path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw new UsageError(`--record cannot be written: ${(error as Error).message}`)
  }
}
