import * as v from 'valibot'
import { errorCodes } from '../errors.js'

/** A dashboard or question, by number or by entity id. */
export type GuestResource = { dashboard: number | string } | { question: number | string }

/** What embed.js asks for. All of it is chosen by the browser. */
export interface GuestItem {
  entityType: 'dashboard' | 'question'
  /** A number, or an entity id of 21 characters. */
  entityId: number | string
  /** What the page has in the element's `custom-context` attribute: a string, or JSON. */
  customContext?: string | object
}

// Metabase's numbers are Java ints; its entity ids are NanoIDs.
const EntityIdSchema = v.union([
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647)),
  v.pipe(v.string(), v.regex(/^[\w-]{21}$/))
])

const ItemSchema = v.strictObject({
  entityType: v.picklist(['dashboard', 'question']),
  entityId: EntityIdSchema,
  // embed.js sends null for an attribute that is not there (seen in its source of 2026).
  customContext: v.nullish(v.union([v.string(), v.custom<object>(value => typeof value === 'object' && value !== null)]))
})

const ResourceSchema = v.union([
  v.strictObject({ dashboard: EntityIdSchema }),
  v.strictObject({ question: EntityIdSchema })
])

/** @throws METABASE_SSO_BODY_INVALID */
export function readItem (body: unknown): GuestItem {
  const { success, output } = v.safeParse(ItemSchema, body)
  if (!success) throw new errorCodes.METABASE_SSO_BODY_INVALID()
  const { entityType, entityId, customContext } = output
  return { entityType, entityId, ...(customContext != null && { customContext }) }
}

/** @throws METABASE_SSO_GUEST_RESOURCE_INVALID */
export function checkResource (resource: unknown): GuestResource {
  const { success, output } = v.safeParse(ResourceSchema, resource)
  if (!success) throw new errorCodes.METABASE_SSO_GUEST_RESOURCE_INVALID()
  return output
}

export const resourceOf = ({ entityType, entityId }: GuestItem): GuestResource =>
  entityType === 'dashboard' ? { dashboard: entityId } : { question: entityId }
