import t from 'tap'
import { run } from '../../bin/run.js'
import { VERSION } from '../../lib/package.js'
import { doctor } from '../helpers/doctor.js'
import { SECRET } from '../helpers/host.js'

const INSTANCE = ['--instance-url', 'https://metabase.example.com']
const CLAIMS = ['--allow-sign-in', '--claims']
const SECRET_ENV = { METABASE_JWT_SHARED_SECRET: SECRET }

/** Commands that cannot be understood: arguments, environment, and what is said of them. */
const wrong: Record<string, [string[], Record<string, string>, RegExp]> = {
  'no instance': [[], {}, /^Pass --instance-url, or set METABASE_INSTANCE_URL\. npx does not read \.env: see https:\S+\/getting-started\.md#a-real-metabase\n/],
  'a blank instance': [[], { METABASE_INSTANCE_URL: ' ' }, /^Pass --instance-url/],
  'no URL': [['--instance-url', 'metabase'], {}, /^--instance-url is missing, or is not a complete URL\. Give the base URL (?!.*Give)[^\n]*\n\nSee /],
  'a URL of the sign-in': [['--instance-url', 'https://m.example.com/auth/sso'], {}, /ends in \/auth\/sso/],
  'an unknown option': [[...INSTANCE, '--secret', SECRET], {}, /^There is no option --secret\. Secrets are read from the environment alone, this one from METABASE_JWT_SHARED_SECRET\.\n/],
  'a guest secret as an option': [[...INSTANCE, `--guest-secret=${SECRET}`], {}, /^There is no option --guest-secret\. .* METABASE_EMBEDDING_SECRET_KEY\.\n/],
  'another name of an option': [['--url', 'https://metabase.example.com'], {}, /^There is no option --url\. Did you mean --instance-url\?\n/],
  'a misspelt option': [[...INSTANCE, '--alow-sign-in'], {}, /^There is no option --alow-sign-in\. Did you mean --allow-sign-in\?\n/],
  'an option without its value': [['doctor', '--instance-url'], {}, /^Option '--instance-url <value>' argument missing\n/],
  'an option like none': [[...INSTANCE, '-z'], {}, /^There is no option -z\.\n/],
  'another command': [['check', ...INSTANCE], {}, /The command is `doctor`/],
  'a wildcard as origin': [[...INSTANCE, '--origin', '*'], {}, /may not be true or "\*"/],
  'an origin with a path': [[...INSTANCE, '--origin', 'https://a.example.com/'], {}, /^--origin holds [^\n]*; browsers send "https:\/\/a\.example\.com": write that\. Write (?!.*Write)[^\n]*\n\nSee /],
  'a timeout in seconds': [[...INSTANCE, '--timeout', '10'], {}, /--timeout must be a whole number of milliseconds/],
  'a timeout without end': [[...INSTANCE, '--timeout', '1e9'], {}, /--timeout must be/],
  'an unknown group': [[...INSTANCE, '--only', 'cors'], {}, /^There is no group "cors": the check cors is of the group embedding\. Groups: network, /],
  'a group like none': [[...INSTANCE, '--skip', 'network, zebra'], {}, /^There is no group "zebra"\. Groups: network, /],
  'the checks of a key without one': [[...INSTANCE, '--only', 'network,secret'], {}, /^Set METABASE_JWT_SHARED_SECRET: the checks of the group secret require it\.\n/],
  'no check that is left': [[...INSTANCE, '--only', 'guest'], {}, /^No check is left: see --only, --skip/],
  'claims without permission': [[...INSTANCE, '--claims', '{"email":"a@example.com"}'], SECRET_ENV, /Pass --allow-sign-in/],
  'a claim that there is not': [[...INSTANCE, '--claim-name', 'mail=email'], {}, /^--claim-name must be such as email=mail, /],
  'a claim of no name': [[...INSTANCE, '--claim-name', 'email'], {}, /^--claim-name must be/],
  'a claim under a reserved name': [[...INSTANCE, '--claim-name', 'email=sub'], {}, /^--claim-name must be/],
  'claims that are no JSON': [[...INSTANCE, ...CLAIMS, 'ann@example.com'], SECRET_ENV, /--claims must be JSON/],
  'claims without e-mail': [[...INSTANCE, ...CLAIMS, '{"name":"Ann"}'], SECRET_ENV, /email/],
  'claims without a secret': [[...INSTANCE, ...CLAIMS, '{"email":"a@example.com"}'], {}, /Set METABASE_JWT_SHARED_SECRET/]
}

for (const [name, [args, env, message]] of Object.entries(wrong)) {
  t.test(`doctor ends with 2 and asks nothing of Metabase: ${name}`, async t => {
    const { status, stdout, stderr } = await doctor(args, env)
    t.strictSame([status, stdout], [2, ''])
    t.match(stderr, message)
    t.match(stderr, /See npx fastify-metabase-sso doctor --help\n$/)
  })
}

t.test('doctor does not repeat claims that it cannot read', async t => {
  const { stderr } = await doctor([...INSTANCE, ...CLAIMS, '{"email":"ann@example.com",'], SECRET_ENV)
  t.notMatch(stderr, /ann@example.com",/)
})

t.test('the command explains itself', async t => {
  let printed = ''
  const output = { write: (text: string) => { printed += text } }
  for (const args of [[], ['--help'], ['doctor', '--help'], ['doctor', '-h']]) {
    printed = ''
    t.equal(await run(args, { env: {}, stdout: output, stderr: output }), 0)
    t.match(printed, /npx fastify-metabase-sso doctor \[options\]/)
    t.strictSame(printed.split('\n').filter(line => line.length > 120), [])
    t.match(printed, /an account that does not exist is created, and\s+counts on your bill/)
  }
  printed = ''
  t.equal(await run(['--version'], { env: {}, stdout: output, stderr: output }), 0)
  t.equal(printed, `${VERSION}\n`)
})

t.test('an output that fails is no fault of the command', async t => {
  const output = { write () { throw new Error('EPIPE') } }
  await t.rejects(run(['--help'], { env: {}, stdout: output, stderr: output }), { message: 'EPIPE' })
})
