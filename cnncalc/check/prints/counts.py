"""A convention, the rows and what they are about -> the exact value of every number of a print-out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.analysis.counting import Part
from cnncalc.analysis.known_conventions import CONVENTIONS
from cnncalc.check.prints.match import Match
from cnncalc.check.prints.printed import amount_of
from cnncalc.check.prints.steps import DENSE, Step, count, family, lone, macs_in, params_in
from cnncalc.check.prints.volumes import Volumes
from cnncalc.layers.fields import per_axis
from cnncalc.symbolic import Size, add_up, normalise
from cnncalc.tables.layer_types import layer_type
from cnncalc.tables.print_out import Number, PrintOut

Measure = Callable[[Step], Size]
SILENT = ("softmax", "silu", "sigmoid", "tanh", "selu", "celu", "softplus", "mish", "hard_sigmoid", "hard_swish", "lrn")
"""Layers that ptflops counts as functions alone, and so in no module."""
OPTIMIZERS = (1, 2, 3, 0)
"""Numbers that an optimizer of Keras keeps for every trained parameter: momentum, Adam, AMSGrad, plain SGD."""
OPTIMIZER_OWN = 2
"""The step and the rate, which it keeps, too."""


class StepCounts:
    """What one step or several count, as the program counts them in the rows of modules."""

    def __init__(self, out: PrintOut, convention: Convention, batch: int) -> None:
        self.functional, self.convention = out.functional, convention
        self.images = batch if out.of_batch else 1
        self.by_functions = CONVENTIONS.get(out.functional, convention)
        self.by_modules = CONVENTIONS[out.tool]

    def params(self, step: Step) -> Size:
        """Parameters."""
        return params_in(self.convention, step)

    def macs(self, step: Step) -> Size:
        """MACs; ptflops has those of functions in the total alone."""
        if self.functional:
            kind = step.layer.kind
            by = self.by_modules if kind == "leaky_relu" else self.by_functions
            return 0 if kind in SILENT else macs_in(by, step)
        return macs_in(self.convention, step) * self.images

    def by_operator(self, step: Step, quantity: str) -> Size:
        """MACs of a step, if an operator such as `macs convolution` is the one that computes it."""
        convolution = quantity.partition(" ")[2].endswith("convolution")
        return self.macs(step) if convolution == (family(step.layer.kind) != DENSE) else 0

    @staticmethod
    def activations(step: Step) -> Size:
        """Outputs of convolutions and matrix products, which is what fvcore counts."""
        return step.output.values if step.layer.weighted else 0


class Counts:
    """Exact values, for `batch` images where the program counts them."""

    def __init__(self, match: Match, volumes: Volumes, convention: Convention, batch: int) -> None:
        self.match, self.volumes, self.convention, self.batch = match, volumes, convention, batch
        self.out, self.rows, self.steps = match.out, match.rows, match.steps
        self.of_step = StepCounts(self.out, convention, batch)
        self._total: Size | None = None
        self.params = add_up(params_in(convention, step) for step in self.steps)

    # Rows -----------------------------------------------------------------------------------------

    def of_row(self, place: int, number: Number) -> Any:
        """The exact value of a number of a row; None if it does not follow from the network."""
        quantity = number.quantity
        if quantity == "output":
            return self.volumes.output(place)
        if quantity == "input":
            return self.volumes.input(place)
        if quantity == "kernel":
            return self._kernel(place)
        if quantity == "activations":
            return self._summed(place, self.of_step.activations)
        if quantity.startswith("macs "):
            return add_up(self.of_step.by_operator(step, quantity) for step in self.match.found.get(place, ())) or None
        if quantity in ("params", "macs", "flops"):
            value = self._summed(place, self.of_step.params if quantity == "params" else self.of_step.macs)
            if value is None or not number.share:
                return value
            whole = self.params if quantity == "params" else self.total_macs()
            return Fraction(value, max(whole, 1))
        return None

    def parameter(self, place: int, number: Number, layer: int = 0, layers: int = 1) -> Size | None:
        """The weights or the biases, in a row of their own, of one of the `layers` in the row at `place`."""
        inside = [each for each in self.match.inside[place] if not self.match.inside[each]] or [place]
        found = [step for each in inside for step in self.match.found.get(each, ())]
        found = found if len(found) == 1 else [step for step in found if step.params]
        if len(found) != layers:
            return None
        part = found[layer].part
        return part.layer.weights(part.shape) if number.quantity == "weights" else part.layer.biases(part.shape)

    def _summed(self, place: int, measure: Measure) -> Size | None:
        """The sum over the leaves inside a row, or its own number."""
        inside = [each for each in self.match.inside[place] if not self.match.inside[each]]
        if place == 0 and inside and self.out.of_functions and len(self.match.inside[0]) == len(self.rows) - 1:
            return add_up(map(measure, self.steps))
        if self.out.own_params and inside and measure == self.of_step.params:
            return None  # it prints what is left, for the module itself
        values = [self._of(each, measure) for each in inside or [place]]
        known = [value for value in values if value is not None]
        return add_up(known) if len(known) == len(values) else None

    def _of(self, place: int, measure: Measure) -> Size | None:
        found = self.match.found.get(place)
        if found:
            return normalise(add_up(map(measure, found)))
        if place in self.match.unequal:
            return None
        part = self._lone(place)
        if part is not None:
            return normalise(measure(Step(0, "", part, ())))
        return None if self.match.kinds[place] == "pad" and measure == self.of_step.macs else 0

    def _lone(self, place: int) -> Part | None:
        """The step of a row that the network lacks."""
        kind = self.match.kinds[place]
        shape = self.volumes.input(place)
        if not self.match.out.typed and layer_type(self.rows[place].name.rpartition(".")[2]) == "avgpool":
            first = next((step for step in self.steps if family(step.layer.kind) == DENSE), None)
            kind, shape = "adaptiveavgpool", first.part.shape if first else None  # the pool in front of a classifier
        return lone(kind, shape) if shape is not None and family(kind) else None

    def _kernel(self, place: int) -> Any:
        found = self.match.found.get(place, [])
        kernel = getattr(found[0].layer, "kernel", None) if len(found) == 1 else None
        return per_axis(kernel, found[0].part.shape.rank) if kernel else None

    # The foot -------------------------------------------------------------------------------------

    def total_macs(self) -> Size:
        """MACs of the whole network, as the program counts them."""
        if not self.out.functional:
            return add_up(map(self.of_step.macs, self.steps))
        if self._total is None:
            whole, last = self._of_functions(self.steps), self.steps[-1]
            choices = [whole]
            if last.layer.kind == "softmax" and last.number not in self.volumes.row_of:  # most models end in scores
                choices.insert(0, self._of_functions(self.steps[:-1]))
            self._total = max(choices, key=self._agreeing)
        return self._total

    def _of_functions(self, steps: list[Step]) -> Size:
        """MACs of modules and of the functions that they call; a step without a module is a function alone."""
        modules, functions = self.of_step.by_modules, self.of_step.by_functions
        lone = filter(None, (self._lone(place) for place in self.match.leaves if place not in self.match.found))
        own = [macs_in(modules, Step(0, "", part, ())) for part in lone]
        return add_up(
            own + [macs_in(modules if each.number in self.volumes.row_of else functions, each) for each in steps]
        )

    def _agreeing(self, total: Size) -> int:
        """How many shares of the MACs are right for a total."""
        found = 0
        for place, row in enumerate(self.rows):
            for number in row.numbers:
                if number.quantity == "macs" and number.share:
                    value, amount = self._summed(place, self.of_step.macs), amount_of(number)
                    found += value is not None and amount is not None and amount.prints(Fraction(value, max(total, 1)))
        return found

    def of_foot(self, number: Number, foot: dict[str, Number]) -> Any:
        """The exact value of a number at the foot."""
        quantity, _, of = number.quantity.partition(" ")
        sizes = {"params": self.params, "trainable": self.trainable, "non_trainable": self.params - self.trainable}
        if quantity == "macs" and of:
            return add_up(self.of_step.by_operator(step, number.quantity) for step in self.steps)
        if quantity == "macs":
            return self.total_macs()
        if quantity in ("optimizer", "params") and "optimizer" in foot:
            more = self._optimizer(foot["optimizer"])
            sizes |= {"optimizer": more, "params": self.params + more}
        if of == "bytes" and quantity in sizes:
            return sizes[quantity] * self.convention.bytes_per_value
        if quantity in sizes:
            return sizes[quantity]
        memory = {"input": self._input_bytes(), "pass": self._pass_bytes()}
        if quantity == "all":
            return add_up([*memory.values(), self.params * self.convention.bytes_per_value])
        return memory.get(quantity)

    @property
    def trainable(self) -> Size:
        """Weights and biases, without those of rows that the program calls frozen."""
        frozen = {
            step.number
            for place, row in enumerate(self.rows)
            if row.frozen
            for each in [place, *self.match.inside[place]]
            for step in self.match.found.get(each, ())
        }
        return add_up(step.params for step in self.steps if step.number not in frozen)

    def _optimizer(self, number: Number) -> Size:
        """What the optimizer keeps: of the usual ones that which is printed, else that of Adam."""
        amount = amount_of(number)
        choices = [times * self.trainable + OPTIMIZER_OWN for times in OPTIMIZERS]
        return next((each for each in choices if amount and amount.prints(each)), choices[1])

    def _input_bytes(self) -> Size:
        values = add_up(each.shape.values for each in self.match.graph.inputs)
        return values * self.batch * self.convention.bytes_per_value

    def _pass_bytes(self) -> Size:
        """The outputs, twice: torchsummary's are those of all rows, torchinfo's those of layers with parameters."""
        unit = self.batch * self.convention.bytes_per_value
        if self.out.every_output:
            shapes = [self.volumes.output(place) for place in range(len(self.rows))]
            return 2 * unit * add_up(shape.values for shape in shapes if shape is not None)
        return unit * add_up(count(self.convention.activation_rules, step.part, 0) for step in self.steps)
