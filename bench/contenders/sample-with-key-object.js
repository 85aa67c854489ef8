import { createSecretKey } from 'node:crypto'
import { signingKey } from '../settings.js'
import { startSample } from './sample.js'

/**
 * The sample in good hands: jsonwebtoken makes a key object of a string on every call, which takes most of its
 * time.
 */
export const start = options => startSample(options, createSecretKey(signingKey, 'utf8'))
