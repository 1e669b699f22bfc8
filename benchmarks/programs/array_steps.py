"""Steps of two networks on arrays, in each library. Each function returns a step, and a step returns the loss."""

from programs.networks import (
    DECAY,
    IMAGES_SIZES,
    MOONS_SIZES,
    RATE,
    images,
    images_by_hand,
    initial_weights,
    moons,
    moons_by_hand,
)


def make_step_by_hand(gradients_by_hand, X, y, sizes):
    layers = initial_weights(sizes)

    def step():
        loss, gradients = gradients_by_hand(X, y, layers)
        for (W, b), (dW, db) in zip(layers, gradients):
            W -= RATE * dW
            b -= RATE * db
        return loss

    return step


def hand_written_moons():
    return make_step_by_hand(moons_by_hand, *moons(), MOONS_SIZES)


def hand_written_images():
    return make_step_by_hand(images_by_hand, *images(), IMAGES_SIZES)


def gradlab_arrays(sizes, hidden, output, X, y, cost):
    import nn
    from autograd import Tensor

    model = nn.MLP(sizes, hidden=hidden, output=output, rng=0)
    for layer, (W, b) in zip(model.layers, initial_weights(sizes)):
        layer.W.data, layer.b.data = W, b
    X, y = Tensor(X, constant=True), Tensor(y, constant=True)
    optimizer, parameters = nn.SGD(model.parameters(), lr=RATE), model.parameters()

    def step():
        loss = cost(model(X), y, parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def gradlab_moons():
    from nn import losses

    def cost(pred, y, parameters):
        return losses.hinge(pred, y) + 2 * DECAY * losses.l2(parameters)

    return gradlab_arrays(MOONS_SIZES, "relu", "identity", *moons(), cost)


def gradlab_images():
    from nn import losses

    return gradlab_arrays(IMAGES_SIZES, "sigmoid", "sigmoid", *images(), lambda pred, y, _: losses.quadratic(pred, y))


def torch_arrays(sizes, hidden, output, X, y, cost):
    import torch

    torch.set_num_threads(1)
    layers = [torch.nn.Linear(m, n, dtype=torch.float64) for m, n in zip(sizes, sizes[1:])]
    for layer, (W, b) in zip(layers, initial_weights(sizes)):
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
    X, y = torch.tensor(X), torch.tensor(y)
    parameters = [p for layer in layers for p in layer.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step():
        a = X
        for layer in layers[:-1]:
            a = hidden(layer(a))
        loss = cost(output(layers[-1](a)), y, [layer.weight for layer in layers])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def torch_moons():
    import torch

    def cost(pred, y, Ws):
        return torch.relu(1 - y * pred).mean() + DECAY * sum((W * W).sum() for W in Ws)

    return torch_arrays(MOONS_SIZES, torch.relu, lambda a: a, *moons(), cost)


def torch_images():
    import torch

    return torch_arrays(
        IMAGES_SIZES, torch.sigmoid, torch.sigmoid, *images(), lambda pred, y, _: 0.5 * ((pred - y) ** 2).sum() / len(y)
    )


def mygrad_arrays(sizes, hidden, output, X, y, cost):
    import mygrad as mg

    layers = [(mg.tensor(W), mg.tensor(b)) for W, b in initial_weights(sizes)]

    def step():
        a = X
        for i, (W, b) in enumerate(layers):
            a = (output if i == len(layers) - 1 else hidden)(mg.matmul(a, W.T) + b)
        loss = cost(a, y, [W for W, _ in layers])
        loss.backward()
        for p in (p for layer in layers for p in layer):
            p.data[...] -= RATE * p.grad
            p.null_grad()
        return float(loss)

    return step


def mygrad_moons():
    import mygrad as mg
    from mygrad.nnet.activations import relu

    def cost(pred, y, Ws):
        return mg.mean(relu(1 - y * pred)) + DECAY * sum(mg.sum(W * W) for W in Ws)

    return mygrad_arrays(MOONS_SIZES, relu, lambda a: a, *moons(), cost)


def mygrad_images():
    import mygrad as mg
    from mygrad.nnet.activations import sigmoid

    return mygrad_arrays(IMAGES_SIZES, sigmoid, sigmoid, *images(), lambda pred, y, _: 0.5 * mg.sum((pred - y) ** 2) / len(y))


def hips_arrays(sizes, hidden, output, X, y, cost):
    from autograd import value_and_grad

    parameters = initial_weights(sizes)

    def objective(layers):
        a = X
        for i, (W, b) in enumerate(layers):
            a = (output if i == len(layers) - 1 else hidden)(a @ W.T + b)
        return cost(a, y, [W for W, _ in layers])

    loss_and_gradients = value_and_grad(objective)

    def step():
        loss, gradients = loss_and_gradients(parameters)
        for (W, b), (gW, gb) in zip(parameters, gradients):
            W -= RATE * gW
            b -= RATE * gb
        return float(loss)

    return step


def hips_moons():
    import autograd.numpy as anp

    def cost(pred, y, Ws):
        return anp.mean(anp.maximum(1 - y * pred, 0)) + DECAY * sum(anp.sum(W * W) for W in Ws)

    return hips_arrays(MOONS_SIZES, lambda z: anp.maximum(z, 0), lambda a: a, *moons(), cost)


def hips_images():
    import autograd.numpy as anp

    def sigmoid(z):
        return 1 / (1 + anp.exp(-z))

    return hips_arrays(IMAGES_SIZES, sigmoid, sigmoid, *images(), lambda p, y, _: 0.5 * anp.sum((p - y) ** 2) / len(y))
