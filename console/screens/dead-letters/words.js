// What the reasons, kinds and proposals of dead letters mean, in words.

export const KINDS = {
  send: 'Message', delivery: 'Delivery', ingest: 'Notification', command: 'Command', media: 'File',
};

const REASONS = {
  attempts_exhausted: 'All tries failed',
  requires_template: 'The service window is closed',
  outcome_unknown: 'Nobody knows whether it arrived',
  fix_template: 'The template or its values are wrong',
  template_mismatch: 'The message does not fit its template',
  fix_request: 'The message is faulty',
  recipient: 'This person cannot be reached',
  opt_out: 'The user refuses marketing',
  suppressed: 'On the suppression list',
  auth: 'Token or permission refused',
  blocked: 'The account may not send',
  retry: 'A fault that passes',
  retry_pair: 'Too much to one recipient',
  retry_number: 'Too much from this number',
  retry_account: 'Too many calls of the account',
  retry_later: 'Refused for some hours',
  malformed: 'Not a notification',
  unknown_field: 'A change of an unknown kind',
  wrong_signer: 'Signed with the secret of another app',
  not_applied: 'The store refused it',
  invalid_command: 'Not a command',
  unsupported_by_carrier: 'The carrier has nothing for it',
  channel_receive_only: 'The channel cannot send',
  not_stored: 'The store refused it',
};

/** A reason for a person. A later version may know others: they are shown as they came. */
export const reasonOf = (word) => REASONS[word] ?? word.replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase());

/** What is proposed: the verb of the button, and whether it is the retry. */
export const FIXES = {
  retry: 'Retry it as it is',
  wait: 'Wait, then retry it',
  edit: 'Edit it, then retry',
  use_template: 'Send a template instead',
  resume_channel: 'Put the channel right, then retry',
  create_channel: 'Create the channel, then retry',
  repair_endpoint: 'Repair the endpoint, then retry',
  decide: 'Find out whether it arrived, then decide',
  discard: 'Discard it',
};

/** What a retry does, by kind. */
export const RETRIES = {
  send: 'The message is sent again.',
  delivery: 'The event is delivered again.',
  command: 'The command is done after all.',
  media: 'The file is fetched again.',
};
