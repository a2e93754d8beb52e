// Bugs put into the text of the Lua scripts: each must make the store and the model disagree.
import type { ScriptBug } from './patched-redis.ts';

export const SCRIPT_BUGS: readonly ScriptBug[] = [
  {
    name: 'no compare-and-set',
    seedsMax: 5,
    text: 'if s == row.status then legal = true end',
    instead: 'legal = true',
  },
  { name: 'no hop', seedsMax: 10, text: 'if t.hop and t.hop ~= row.hop then legal = false end', instead: '' },
  {
    name: 'no licence',
    seedsMax: 40,
    text: 'if t.licence and t.licence ~= row.licence then legal = false end',
    instead: '',
  },
  {
    name: 'no look whether it is overdue',
    seedsMax: 40,
    text: 'if not at or tonumber(at) > now then legal = false end',
    instead: '',
  },
  { name: 'no caller token', seedsMax: 10, text: 'if row.caller == caller then', instead: 'if false then' },
  {
    name: 'licence granted twice',
    seedsMax: 20,
    text: "if row.status ~= 'accepted' or row.hop ~= tonumber(ARGV[7]) or redis.call('SISMEMBER', p .. 'fed', id) == 0 then",
    instead: 'if false then',
  },
  { name: 'a counter forgotten', seedsMax: 2, text: "redis.call('HINCRBY', b, to, 1)", instead: '' },
  {
    name: 'a slot not freed',
    seedsMax: 5,
    text: "elseif holds_slot[from] then redis.call('ZREM', p .. 'slots', id) end",
    instead: 'end',
  },
  {
    name: 'the watch not set',
    seedsMax: 2,
    text: "if t.watch_in then redis.call('ZADD', p .. 'watch', now + t.watch_in, id)",
    instead: 'if t.watch_in then',
  },
  { name: 'money not released', seedsMax: 5, text: "redis.call('HINCRBY', b, 'reserved', -row.reserved)", instead: '' },
  { name: 'the budget not looked at', seedsMax: 40, text: "then return pause('budget') end", instead: 'then end' },
  {
    name: 'rescues never forgotten',
    seedsMax: 40,
    text: "row.rescues > 0 and t.name ~= 'rescued'",
    instead: "false and t.name ~= 'rescued'",
  },
  {
    name: 'a probe that does not open the line',
    seedsMax: 20,
    text: "if t.line_ok and row.probe == '1'",
    instead: 'if false',
  },
  {
    name: 'the pace not kept',
    seedsMax: 20,
    text: "if next_at > now then return { 'wait', next_at - now } end",
    instead: '',
  },
  {
    name: 'a limit that never climbs back',
    seedsMax: 20,
    text: 'return math.min(full, tonumber(f[1]) +',
    instead: 'return math.min(full, tonumber(f[1]) + 0 *',
  },
  { name: 'an end of a link forgotten', seedsMax: 20, text: 'if t.yield_at then', instead: 'if false then' },
];
