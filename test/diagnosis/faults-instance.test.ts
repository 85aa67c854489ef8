import { testFaults } from '../helpers/faults/of-group.js'

testFaults('instance')
