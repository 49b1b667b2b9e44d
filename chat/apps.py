from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat.room.hub import sign_ins_changed
        from people.sign_ins import endings

        endings.listeners.append(sign_ins_changed)
