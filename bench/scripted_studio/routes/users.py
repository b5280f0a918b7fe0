"""Users: who is there, who asks, and how one is invited and logs in."""

import secrets

from flask import Flask, g, request, session

from bench.scripted_studio.json_of import user_json
from bench.scripted_studio.routes.finding import found
from bench.scripted_studio.store import Json, ScriptedUser, Store


def add(app: Flask, store: Store) -> None:
    """Add the routes to an application; whatever password somebody gives is right.

    Args:
        app: The application.
        store: What it holds.
    """

    def known(email: str) -> ScriptedUser | None:
        return next((one for one in store.users.values() if one.email == email), None)

    @app.get("/api/users/")
    def list_users() -> list[Json]:
        return [user_json(one) for one in store.users.values()]

    @app.patch("/api/users/<int:number>/")
    def change_user(number: int) -> Json:
        user, body = found(store.users, number), request.get_json()
        user.first_name = body.get("first_name", user.first_name)
        user.last_name = body.get("last_name", user.last_name)
        return user_json(user)

    @app.delete("/api/users/<int:number>/")
    def delete_user(number: int) -> tuple[str, int]:
        found(store.users, number)
        del store.users[number]
        return "", 204

    @app.get("/api/current-user/whoami")
    def whoami() -> Json:
        return user_json(g.user)

    @app.get("/api/current-user/token")
    def token() -> Json:
        return {"token": g.user.token}

    @app.get("/api/invite")
    def invite() -> Json:
        return {"token": "scripted", "invite_url": "/user/signup/?token=scripted"}

    @app.route("/user/signup/", methods=["GET", "POST"])
    @app.route("/user/login/", methods=["GET", "POST"])
    def enter() -> str:
        if request.method == "POST":
            email = request.form["email"]
            user = known(email) or store.add_user(email, secrets.token_hex(20))
            session["user"] = user.id
        return ""
