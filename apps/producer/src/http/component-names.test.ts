import { expect, test } from 'vitest';
import { withPlainNames } from './component-names.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

test('what is sent, what is answered and what is both stand once under their own names; what nobody asks for is gone', () => {
  const document = {
    paths: { '/a': { post: { body: ref('WishInput'), answer: [ref('Answer'), ref('PartInput')] } } },
    components: {
      securitySchemes: { token: {} },
      schemas: {
        WishInput: { properties: { part: ref('PartInput') } },
        Wish: { properties: { part: ref('Part') } },
        PartInput: { type: 'string' },
        Part: { type: 'string' },
        AnswerInput: { type: 'number' },
        Answer: { part: ref('Part') },
      },
    },
  };
  expect(withPlainNames(document)).toEqual({
    paths: { '/a': { post: { body: ref('Wish'), answer: [ref('Answer'), ref('Part')] } } },
    components: {
      securitySchemes: { token: {} },
      schemas: {
        Wish: { properties: { part: ref('Part') } },
        Part: { type: 'string' },
        Answer: { part: ref('Part') },
      },
    },
  });
});

test('what differs between sending and answering keeps both names', () => {
  const schemas = { BothInput: { type: 'string' }, Both: { type: 'number' } };
  const document = { paths: [ref('BothInput'), ref('Both')], components: { schemas } };
  expect(withPlainNames(document)).toEqual(document);
});

test('a document without schemas is left as it is', () => {
  expect(withPlainNames({ paths: {} })).toEqual({ paths: {} });
});
