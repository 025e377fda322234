import { readConversionsPart } from './conversion-part-form';
import { readFilterPart, readTransformPart } from './filter-part-form';
import { readFlowPart } from './read-flow-part';
import { readSourcePart } from './source-part-form';
import { EMPTY_FORM, type SpecForm } from './spec-form';
import { record, sameTypes, text } from './typed';

/** A form kept in a draft: unknown JSON of an earlier version falls back to the defaults, field by field. */
export function readForm(stored: unknown): SpecForm {
  const typed = record(stored);
  return {
    applicationId: text(typed.applicationId, EMPTY_FORM.applicationId),
    source: readSourcePart(record(typed.source)),
    filter: readFilterPart(record(typed.filter)),
    transform: readTransformPart(record(typed.transform)),
    flow: readFlowPart(typed.flow),
    conversions: readConversionsPart(typed.conversions),
    sink: { ...EMPTY_FORM.sink, ...sameTypes(EMPTY_FORM.sink, record(typed.sink)) },
    recovery: { ...EMPTY_FORM.recovery, ...sameTypes(EMPTY_FORM.recovery, record(typed.recovery)) },
    spill: { ...EMPTY_FORM.spill, ...sameTypes(EMPTY_FORM.spill, record(typed.spill)) },
  };
}
