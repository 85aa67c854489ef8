import * as v from 'valibot'
import { errorCodes } from '../errors.js'
import type { GuestItem } from '../host/functions.js'

/**
 * A dashboard or question, by number or by entity id.
 * @example const resource: GuestResource = { question: 7 }
 */
export type GuestResource = { dashboard: number | string } | { question: number | string }

/** The schema of the route has them, too. */
export const ENTITY_TYPES = ['dashboard', 'question'] as const
/** Metabase's entity ids are NanoIDs. */
const ENTITY_ID = /^[\w-]{21}$/
/** Metabase's numbers are Java ints. */
const MAX_ID = 2_147_483_647

const EntityIdSchema = v.union([
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_ID)),
  v.pipe(v.string(), v.regex(ENTITY_ID))
])

const ItemSchema = v.object({
  entityType: v.picklist(ENTITY_TYPES),
  entityId: EntityIdSchema,
  // Any JSON value: embed.js makes a number of `custom-context="42"`, and true of an empty attribute.
  customContext: v.optional(v.unknown())
})

const ResourceSchema = v.union([
  v.strictObject({ dashboard: EntityIdSchema }),
  v.strictObject({ question: EntityIdSchema })
])

export function readItem (body: unknown): GuestItem {
  const { success, output } = v.safeParse(ItemSchema, body)
  if (!success) throw new errorCodes.METABASE_SSO_BODY_INVALID()
  return output
}

/** @param call what the resource is passed to, for errors */
export function checkResource (resource: unknown, call: string): GuestResource {
  const { success, output } = v.safeParse(ResourceSchema, resource)
  if (!success) {
    throw new errorCodes.METABASE_SSO_GUEST_RESOURCE_INVALID(resource === undefined
      ? `is missing: write ${call}({ resource: { dashboard: 7 } })`
      : 'is neither { dashboard: id } nor { question: id }')
  }
  return output
}

export const resourceOf = ({ entityType, entityId }: GuestItem): GuestResource =>
  entityType === 'dashboard' ? { dashboard: entityId } : { question: entityId }
