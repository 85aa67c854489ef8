// The load generator.
import autocannon from 'autocannon'
import { frontEnd } from '../settings.js'
import { answerParent } from './child.js'

answerParent({
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string[]} options.cookies of the users; each connection is one of them
   * @param {number} [options.seconds] how long, or
   * @param {number} [options.amount] how many requests in all, evenly spread over the connections
   * @param {string} [options.method]
   * @param {number} [options.perSecond] how many requests at most; as many as are answered, when left out
   */
  async run ({ url, cookies, seconds, amount, method = 'GET', perSecond }) {
    let next = 0
    const result = await autocannon({
      url,
      method,
      ...perSecond !== undefined && { overallRate: perSecond },
      connections: cookies.length,
      timeout: 60, // seconds: the sample is slow with 200 users
      sampleInt: 20, // milliseconds; it ends when a sample does
      ...amount === undefined ? { duration: seconds } : { amount },
      setupClient (client) {
        client.setHeaders({ cookie: cookies[next++ % cookies.length], origin: frontEnd, accept: '*/*' })
      }
    })
    const requests = result['2xx']
    return {
      requests,
      failures: result.non2xx + result.errors,
      statuses: Object.fromEntries(
        Object.entries(result.statusCodeStats).map(([status, { count }]) => [status, count])
      ),
      perSecond: requests / (result.finish - result.start) * 1000,
      p99: result.latency.p99,
      slowest: result.latency.max
    }
  }
})
