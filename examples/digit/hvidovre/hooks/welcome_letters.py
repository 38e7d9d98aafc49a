"""Who comes from a neighbouring municipality is greeted as a neighbour."""

from collections.abc import Generator

from rpa_commons.sdk import StepCall, hookimpl

NEIGHBOURS = {"0101", "0153", "0175"}  # København, Brøndby, Rødovre


@hookimpl(wrapper=True)
def rpac_step_compose(step: StepCall) -> Generator[None, object, object]:
    """One more sentence at the end of a neighbour's letter."""
    if step.arguments["move"].from_municipality in NEIGHBOURS:
        step.arguments["closing"] = "Du er ikke flyttet langt, men du er lige så velkommen."
    return (yield)
