// Keeps what goes wrong in a screen to that screen.
import { Component, Problem, html } from '../ui.js';

/** Shows in the place of what it has inside why that cannot be shown, until it is tried again or `place` is another. */
export class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ error });
  }

  componentDidUpdate(before) {
    if (this.state.error && before.place !== this.props.place) this.setState({ error: null });
  }

  render({ children }, { error }) {
    if (!error) return children;
    const told = { title: 'This screen cannot be shown', detail: `Something in it was not as the console expects: ${error.message ?? error}` };
    return html`<div class="page"><${Problem} error=${told} again=${() => this.setState({ error: null })} /></div>`;
  }
}
