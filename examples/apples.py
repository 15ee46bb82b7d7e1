"""Apples as a computation graph: two multiply gates, their gradients, and what if a price rises.

Two apples at 100 and 10 % tax cost 220. One apple more would raise that by 110, one unit of money
more for each apple by 2.2. Against a target of 219 the loss is 0.5; the exact changes of the loss
are 4.62, 6160 and 4, and the gradient alone predicts 2.2, 110 and 2.
"""

import clearprop as cp


def loss(price: float = 100.0, count: float = 2.0, tax: float = 1.1) -> float:
    return (price * count * tax - 219) ** 2 / 2


def main() -> dict[str, float]:
    price = cp.tensor(100.0, name="price")
    count = cp.tensor(2.0, name="count")
    tax = cp.tensor(1.1, name="tax")

    goods = (price * count).retain_grad()  # keep the gradient of this inner node too
    total = goods * tax
    goods.name, total.name = "goods", "total"
    total.backward()  # the upstream gradient is 1: one unit more to pay
    numbers = {"total": total.item()}
    print(f"total: {total.item():g}")
    for name, node in [("price", price), ("count", count), ("tax", tax), ("goods", goods)]:
        numbers[f"∂total/∂{name}"] = node.grad.item()
        print(f"  ∂total/∂{name} = {node.grad.item():g}")

    print()
    print(cp.why(tax.grad))

    numbers["loss"] = loss()
    for name, change in [("price", 1), ("count", 1), ("tax", 0.01)]:
        answer = cp.what_if(loss, {name: change})
        numbers[f"{name} + {change}"] = answer.after
        numbers[f"{name} + {change}, change"] = answer.exact
        numbers[f"{name} + {change}, predicted"] = answer.predicted
        print(answer)
    return numbers


if __name__ == "__main__":
    main()
