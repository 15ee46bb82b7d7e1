"""Apples as a computation graph: two multiply gates, their gradients, and what if a price rises."""

import clearprop as cp


def main() -> dict[str, float]:
    price = cp.tensor(100.0, name="price")
    count = cp.tensor(2.0, name="count")
    tax = cp.tensor(1.1, name="tax")

    goods = (price * count).retain_grad()  # keep the gradient of this inner node too
    total = goods * tax
    total.backward()  # the upstream gradient is 1: one unit more to pay
    print(f"total {total.item():g}")
    for name, node in [("price", price), ("count", count), ("tax", tax), ("goods", goods)]:
        print(f"  ∂total/∂{name} = {node.grad.item():g}")

    def loss(price: float, count: float, tax: float) -> float:
        return (0.5 * (cp.tensor(price) * count * tax - 219) ** 2).item()

    before = loss(100, 2, 1.1)
    changes = {
        "price + 1": loss(101, 2, 1.1),
        "count + 1": loss(100, 3, 1.1),
        "tax + 0.01": loss(100, 2, 1.11),
    }
    print(f"loss against a target of 219: {before:g}")
    for change, after in changes.items():
        print(f"  {change}: {after:g} ({after - before:+g})")
    gradients = {"price": price.grad, "count": count.grad, "tax": tax.grad, "goods": goods.grad}
    return {"total": total.item(), "loss": before, **changes} | {
        f"d{name}": grad.item() for name, grad in gradients.items()
    }


if __name__ == "__main__":
    main()
