"""Who moves in from abroad is offered help to get started."""

from collections.abc import Generator

from rpa_commons.sdk import StepCall, hookimpl


@hookimpl(wrapper=True)
def rpac_step_compose(step: StepCall) -> Generator[None, object, object]:
    """One more sentence at the end of the letter, by where the mover comes from."""
    if step.arguments["move"].origin == "abroad":
        step.arguments["closing"] = "Er du ny i Danmark, hjælper Borgerservice dig gerne i gang."
    return (yield)
