// One figure with its name and, below it, what it means.
import type { ComponentChildren } from 'preact';

export const Fact = ({
  name,
  children,
  note,
}: {
  name: string;
  children: ComponentChildren;
  note?: ComponentChildren;
}) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      <strong>{children}</strong>
      {note !== undefined && note !== null && <small>{note}</small>}
    </dd>
  </div>
);
